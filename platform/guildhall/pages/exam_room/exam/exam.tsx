import { useEffect, useRef, useState } from "preact/hooks";
import type { AttemptShown, SlotShown } from "../../shared/exam";
import { After } from "./after";
import { Banners } from "./banners";
import { Before } from "./before";
import type { ExamDesk } from "./desk";
import { OnBreak } from "./on_break";
import { Overview } from "./overview";
import { keepPlace, readPlace, type Preferences, type TextSize } from "./preferences";
import { QuestionView } from "./question";
import { SubmitDialog } from "./submit_dialog";

export type Phase = "before" | "during" | "on_break" | "after";

export function phaseOf(attempt: AttemptShown): Phase {
  if (attempt.state === "submitted" || attempt.state === "expired" || attempt.state === "voided") return "after";
  if (attempt.state === "on_break") return "on_break";
  return attempt.state === "running" || attempt.state === "paused" ? "during" : "before";
}

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
  const last = attempt.slots.length - 1;
  const current = Math.max(0, Math.min(place, last));
  const slot = attempt.slots[current];
  const isTimeUp = attempt.clock.is_running && desk.leftMs === 0;
  const isWritable = attempt.state === "running" && !isTimeUp;
  useEffect(() => keepPlace(attempt.attempt_id, current), [current]);
  if (slot === undefined) return <p class="joining">The questions are on their way.</p>;

  const isOpen = (each: SlotShown): boolean => attempt.is_navigation_free || each.section_id === slot.section_id;
  const go = (to: number): void => {
    desk.flush();
    setMoved(true);
    setPlace(to);
    scrollTo({ top: 0 });
  };
  const next = attempt.slots[current + 1];
  const previous = attempt.slots[current - 1];
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
          <button type="button" aria-disabled={previous === undefined || !isOpen(previous)} onClick={() => previous !== undefined && isOpen(previous) && go(current - 1)} data-testid="previous">
            Previous
          </button>
          {next === undefined ? (
            <button type="button" class="primary" onClick={() => props.setSubmitting(true)} data-testid="to-submit">
              Finish and hand in…
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => (isOpen(next) ? go(current + 1) : setLeaving(true))} data-testid="next">
              {isOpen(next) ? "Next" : "Next section…"}
            </button>
          )}
        </nav>
      </div>
      <div class="overview-side">
        <Overview desk={desk} attempt={attempt} current={current} isOpen={isOpen} go={go} />
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
      {leaving ? (
        <LeaveSection
          close={() => setLeaving(false)}
          leave={() => {
            setLeaving(false);
            go(current + 1);
          }}
        />
      ) : null}
    </>
  );
}

function LeaveSection(props: { close: () => void; leave: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={props.close} aria-labelledby="leave-title" data-testid="leave-section">
      <h2 id="leave-title">Leave this section?</h2>
      <p>You cannot come back to its questions. Your answers to them are kept as they are.</p>
      <p class="choices">
        <button type="button" onClick={() => dialog.current?.close()}>
          Stay here
        </button>
        <button type="button" class="primary" onClick={props.leave} data-testid="leave-confirm">
          Go to the next section
        </button>
      </p>
    </dialog>
  );
}
