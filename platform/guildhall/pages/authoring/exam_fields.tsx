import type { ExamPlan } from "./authored";
import { Choose, Text, Tick, Whole, type Wrong } from "./fields";

const RELEASES = [
  ["at_once", "As soon as they are marked"],
  ["after_window", "When the window has closed"],
  ["by_hand", "By hand"],
] as const;
const FEEDBACKS = [
  ["total", "The total alone"],
  ["items", "Points for each question"],
  ["keys", "Also what was right, and why"],
] as const;

/** What an exam is beside its sections. */
export function ExamFields({ plan, wrong, set }: { plan: ExamPlan; wrong: Wrong; set: (part: Partial<ExamPlan>) => void }) {
  return (
    <>
      <Text path="title" label="Title" wrong={wrong} value={plan.title} change={(title) => set({ title })} />
      <Text path="instructions" label="Instructions, shown before the clock starts" rows={4} max={10_000} wrong={wrong} value={plan.instructions} change={(instructions) => set({ instructions })} />
      <div class="pair">
        <Whole path="duration_seconds" label="Minutes" least={1} most={1440} wrong={wrong} value={Math.round(plan.duration_seconds / 60)} change={(minutes) => set({ duration_seconds: Math.round(minutes) * 60 })} />
        <Whole path="pass_percent" label="Percent to pass" least={0} most={100} wrong={wrong} value={plan.pass_percent} change={(pass_percent) => set({ pass_percent })} />
      </div>
      <div class="pair">
        <Choose path="release" label="Results are shown" wrong={wrong} value={plan.release} options={RELEASES} change={(release) => set({ release })} />
        <Choose path="feedback" label="Results tell" wrong={wrong} value={plan.feedback} options={FEEDBACKS} change={(feedback) => set({ feedback })} />
      </div>
      <fieldset class="rows">
        <legend>How it is sat</legend>
        <Tick path="is_proctored" label="Before a camera, with a proctor" wrong={wrong} value={plan.is_proctored} change={(is_proctored) => set({ is_proctored })} />
        <Tick path="needs_admission" label="A proctor lets each candidate in" wrong={wrong} value={plan.needs_admission} change={(needs_admission) => set({ needs_admission })} />
        <Tick path="is_navigation_free" label="Candidates may go back to earlier questions" wrong={wrong} value={plan.is_navigation_free} change={(is_navigation_free) => set({ is_navigation_free })} />
      </fieldset>
      <details>
        <summary>Marking by people, and a credential</summary>
        <div class="form inner">
          <div class="pair">
            <Choose
              path="marking.markers"
              label="Markers of each answer"
              wrong={wrong}
              value={String(plan.marking.markers) as "1" | "2"}
              options={[
                ["1", "One"],
                ["2", "Two, apart from each other"],
              ]}
              change={(markers) => set({ marking: { ...plan.marking, markers: Number(markers) } })}
            />
            <Tick path="marking.is_anonymous" label="Markers do not see whose answer it is" wrong={wrong} value={plan.marking.is_anonymous} change={(is_anonymous) => set({ marking: { ...plan.marking, is_anonymous } })} />
          </div>
          <Text path="credential_title" label="What a pass certifies; empty: nothing" max={200} wrong={wrong} value={plan.credential_title} change={(credential_title) => set({ credential_title })} />
          <div class="pair">
            <Text path="credential_level" label="Level" max={80} wrong={wrong} value={plan.credential_level} change={(credential_level) => set({ credential_level })} />
            <Whole path="credential_months" label="Good for months; 0: without end" least={0} most={240} wrong={wrong} value={plan.credential_months} change={(credential_months) => set({ credential_months })} />
          </div>
        </div>
      </details>
    </>
  );
}
