import { useState } from "preact/hooks";
import { focusOnce } from "../../shared/focus";
import { useNow } from "../../shared/use_now";
import type { ExamDesk } from "./desk";
import { sayCountdown } from "./timing";

/** The candidate's own break: the questions are away, the clock stands, and this is how it ends. */
export function OnBreak({ desk }: { desk: ExamDesk }) {
  useNow(500);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const clock = desk.attempt?.clock;
  const began = clock?.credits.find((credit) => credit.kind === "break" && credit.ended_at_ms === null)?.began_at_ms;
  const toldAtMs = clock?.server_time_ms ?? 0;
  // What was left when the server told, less what has passed since; a break that began later than that has not shortened it.
  const passed = began === undefined ? 0 : Math.max(0, desk.clock.now() - Math.max(began, toldAtMs));
  const end = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    const answer = await desk.act("end_break");
    setBusy(false);
    if ("problem" in answer) setFailure(answer.problem.detail);
  };
  return (
    <section class="notice" data-testid="on-break">
      <h1 tabIndex={-1} ref={focusOnce}>
        You are on a break
      </h1>
      <p>
        The clock of your exam stands. You have <strong>{sayCountdown((clock?.break_ms_left ?? 0) - passed)}</strong> of break time
        left; when it is used up, the exam goes on by itself.
      </p>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <button type="button" class="primary" aria-disabled={busy} onClick={() => busy || void end()} data-testid="end-break">
        Go on with the exam
      </button>
    </section>
  );
}
