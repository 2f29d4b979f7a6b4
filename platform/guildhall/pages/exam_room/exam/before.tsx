import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { focusOnce } from "../../shared/focus";
import type { AttemptShown } from "../../shared/exam";
import { sayCount, sayDuration } from "../../shared/wording";
import type { ExamDesk } from "./desk";
import { PlainText } from "./prompt";
import { saySkew } from "./timing";

/** Before the clock starts: what the exam is, its rules, what happens when something breaks, and the button that begins. */
export function Before({ desk, attempt, takesFocus }: { desk: ExamDesk; attempt: AttemptShown; takesFocus: boolean }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const begin = desk.allows("begin");
  const isAwaiting = attempt.state === "awaiting";
  const skew = saySkew(desk.clock.now() - Date.now());

  const start = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    const answer = await desk.act("begin");
    setBusy(false);
    if ("problem" in answer) setFailure(answer.problem.detail);
  };
  return (
    <section class="before" data-testid="before">
      {attempt.is_practice ? <p class="eyebrow">Practice run: it counts for nothing</p> : null}
      <h1 tabIndex={-1} ref={takesFocus ? focusOnce : null}>
        {attempt.exam_title}
      </h1>
      <p class="lead">
        {sayCount(attempt.questions, "question", "questions")}, {sayDuration(attempt.clock.budget_ms)}
        {attempt.number > 1 ? `, attempt ${attempt.number}` : ""}. Nothing runs until you begin.
      </p>
      {attempt.instructions === "" ? null : (
        <div class="instructions">
          <PlainText text={attempt.instructions} />
        </div>
      )}
      <div class="facts">
        <Fact title="Your time">
          <li>{sayTime(attempt)}</li>
          {attempt.clock.break_ms_left > 0 ? (
            <li>You may take breaks, {sayDuration(attempt.clock.break_ms_left)} in all, whenever you want. The clock stands meanwhile.</li>
          ) : null}
          <li>The server keeps the time. When it is up, all that is saved is handed in by itself.</li>
          <li>You can hide the time. It comes back for the last five minutes.</li>
          {skew === null ? null : <li>{skew}</li>}
        </Fact>
        <Fact title="Your answers">
          <li>Each one is saved as you write it. “Saved at” with a time means that it is on the server’s disk.</li>
          <li>
            {attempt.is_navigation_free
              ? "Go back and forth as you like, and flag what you want to look at again."
              : "The exam goes forward one section at a time. Within a section you can go back and forth; a section that you have left is closed."}
          </li>
          <li>At the end you get a receipt for what you have handed in.</li>
        </Fact>
        <Fact title="If something breaks">
          <li>If the connection is lost, go on working. Your answers are kept on this device and sent when it is back.</li>
          <li>If the page, the browser or the device stops, open the exam again. You find it as you left it.</li>
          <li>If our server is away, you get that time back, to the second. No lost connection ends your exam.</li>
        </Fact>
      </div>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="begin">
        <button
          type="button"
          class="primary"
          aria-disabled={!begin.allowed || busy}
          aria-describedby="begin-reason"
          onClick={() => begin.allowed && !busy && void start()}
          data-testid="begin"
        >
          {busy ? "Beginning…" : "Begin the exam"}
        </button>
        <span class="hint" id="begin-reason" role="status" data-testid="begin-reason">
          {begin.allowed
            ? "The clock starts when you press it."
            : isAwaiting
              ? "A proctor is letting people in. This page goes on by itself when it is your turn."
              : `Not yet: ${begin.reason ?? "this exam cannot be begun now"}.`}
        </span>
      </p>
    </section>
  );
}

function Fact({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

function sayTime(attempt: AttemptShown): string {
  const extra = attempt.clock.budget_ms - attempt.duration_ms;
  const budget = sayDuration(attempt.clock.budget_ms);
  return extra > 0 ? `You have ${budget}: ${sayDuration(attempt.duration_ms)} and ${sayDuration(extra)} of extra time.` : `You have ${budget}.`;
}
