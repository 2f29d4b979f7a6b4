import { useEffect, useRef, useState } from "preact/hooks";
import type { AttemptShown, SectionSat } from "../../shared/exam";
import { After } from "./after";
import { Banners } from "./banners";
import { Before } from "./before";
import type { ExamDesk } from "./desk";
import { OnBreak } from "./on_break";
import { Overview } from "./overview";
import { phaseOf } from "./phases";
import { keepPlace, readPlace, type Preferences, type TextSize } from "./preferences";
import { QuestionView } from "./question";
import { sectionToLeave } from "./sections";
import { SubmitDialog } from "./submit_dialog";
import { useModal } from "../../shared/use_modal";

/** The exam itself, in whichever phase it is: the parts that the page's grid puts beside the camera. */
export function Exam(props: {
  desk: ExamDesk;
  attempt: AttemptShown;
  preferences: Preferences;
  prefer: (preferences: Preferences) => void;
  submitting: boolean;
  setSubmitting: (submitting: boolean) => void;
}) {
  const { desk, attempt } = props;
  const phase = phaseOf(attempt);
  // A page that has just been opened leaves the focus where the browser puts it; a turn of phase moves it.
  const first = useRef(phase);
  const takesFocus = first.current !== phase;
  return (
    <>
      <p class="unseen" role="status" data-testid="said">
        {desk.said}
      </p>
      {phase === "after" ? null : <Banners desk={desk} />}
      {phase === "after" ? <After desk={desk} attempt={attempt} /> : null}
      {phase === "before" ? <Before desk={desk} attempt={attempt} takesFocus={takesFocus} /> : null}
      {phase === "on_break" ? <OnBreak desk={desk} /> : null}
      {phase === "during" ? <During {...props} takesFocus={takesFocus} /> : null}
    </>
  );
}

function During(props: {
  desk: ExamDesk;
  attempt: AttemptShown;
  preferences: Preferences;
  prefer: (preferences: Preferences) => void;
  submitting: boolean;
  setSubmitting: (submitting: boolean) => void;
  takesFocus: boolean;
}) {
  const { desk, attempt } = props;
  const [place, setPlace] = useState(() => readPlace(attempt.attempt_id));
  const [moved, setMoved] = useState(props.takesFocus);
  const [leaving, setLeaving] = useState(false);
  // Another device may have gone on: then this page stands at the beginning of the section that is open now.
  const sectionId = attempt.slots[0]?.section_id;
  const shownSection = useRef(sectionId);
  if (!attempt.is_navigation_free && shownSection.current !== sectionId) {
    if (shownSection.current !== undefined) setPlace(0);
    shownSection.current = sectionId;
  }
  const last = attempt.slots.length - 1;
  const current = Math.max(0, Math.min(place, last));
  const slot = attempt.slots[current];
  const isTimeUp = attempt.clock.is_running && desk.leftMs === 0;
  const isWritable = attempt.state === "running" && !isTimeUp;
  useEffect(() => keepPlace(attempt.attempt_id, current), [current]);
  if (slot === undefined) return <p class="joining">The questions are on their way.</p>;

  const go = (to: number): void => {
    desk.flush();
    setMoved(true);
    setPlace(to);
    scrollTo({ top: 0 });
  };
  const next = attempt.slots[current + 1];
  const previous = attempt.slots[current - 1];
  const toLeave = sectionToLeave(attempt);
  return (
    <>
      <div class="sheet-of-question">
        {isTimeUp ? (
          <p class="banner" role="alert" data-testid="time-up">
            The time is up. {desk.unsaved === 0 ? "Everything you wrote is saved" : "The last answers are on their way"}, and your exam is
            being handed in.
          </p>
        ) : null}
        <QuestionView key={slot.id} desk={desk} attempt={attempt} slot={slot} place={current} isWritable={isWritable} takesFocus={moved} />
        <nav class="turning" aria-label="Between questions">
          <button type="button" aria-disabled={previous === undefined} onClick={() => previous !== undefined && go(current - 1)} data-testid="previous">
            Previous
          </button>
          {next !== undefined ? (
            <button type="button" class="primary" onClick={() => go(current + 1)} data-testid="next">
              Next
            </button>
          ) : toLeave !== null ? (
            <button type="button" class="primary" onClick={() => setLeaving(true)} data-testid="next-section">
              Next section…
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => props.setSubmitting(true)} data-testid="to-submit">
              Finish and hand in…
            </button>
          )}
        </nav>
      </div>
      <div class="overview-side">
        <Overview desk={desk} attempt={attempt} current={current} go={go} />
        <p class="text-size">
          <label for="text-size">Text size</label>
          <select
            id="text-size"
            value={props.preferences.textSize}
            onChange={(event) => props.prefer({ ...props.preferences, textSize: event.currentTarget.value as TextSize })}
          >
            <option value="normal">Normal</option>
            <option value="large">Large</option>
            <option value="larger">Larger</option>
          </select>
        </p>
      </div>
      {props.submitting ? <SubmitDialog desk={desk} attempt={attempt} close={() => props.setSubmitting(false)} go={go} /> : null}
      {leaving && toLeave !== null ? (
        <LeaveSection
          desk={desk}
          section={toLeave}
          close={() => setLeaving(false)}
          left={() => {
            setLeaving(false);
            go(0);
          }}
        />
      ) : null}
    </>
  );
}

/** Waits for every receipt of the section first: what is written there cannot be stored once it is left. */
function LeaveSection(props: { desk: ExamDesk; section: SectionSat; close: () => void; left: () => void }) {
  const { desk, section } = props;
  const dialog = useModal();
  const open = useRef(true);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    return () => {
      open.current = false;
    };
  }, []);
  const leave = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    await desk.drained();
    if (!open.current) return;
    const answer = await desk.act("leave_section", { section_id: section.id });
    if (!open.current) return;
    if ("reply" in answer) return props.left();
    setBusy(false);
    setFailure(`${answer.problem.detail} You are still in this section.`);
  };
  return (
    <dialog ref={dialog} onClose={props.close} aria-labelledby="leave-title" data-testid="leave-section">
      <h2 id="leave-title">Leave “{section.title}”?</h2>
      <p>You cannot come back to its questions. Your answers to them are kept as they are.</p>
      {desk.attention === 0 ? null : (
        <p class="failure">An answer of this section needs your decision before it can be saved. Look for the mark in the overview.</p>
      )}
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="choices">
        <button type="button" onClick={() => dialog.current?.close()}>
          Stay here
        </button>
        <button type="button" class="primary" onClick={() => !isBusy && void leave()} aria-disabled={isBusy} data-testid="leave-confirm">
          {isBusy ? (desk.unsaved > 0 ? "Waiting for the last answers…" : "Going on…") : "Go to the next section"}
        </button>
      </p>
    </dialog>
  );
}
