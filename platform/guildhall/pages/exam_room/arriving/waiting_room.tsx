import { useState } from "preact/hooks";
import type { AdmissionTold } from "../../shared/admission";
import { focusOnce } from "../../shared/focus";
import { sayClock, sayCount } from "../../shared/wording";
import type { Seat } from "../seat";

/** Asking to be let in, and waiting for it: the page says what happens, and what to do after a refusal. */
export function WaitingRoom({ seat, admission }: { seat: Seat; admission: AdmissionTold }) {
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { decision } = admission;
  const isWaiting = admission.stage === "waiting";
  const ask = async (): Promise<void> => {
    setBusy(true);
    const answer = await seat.line.ask<AdmissionTold>("ask_admission", {});
    setBusy(false);
    if ("reply" in answer) seat.adopt(answer.reply);
    setFailure("problem" in answer ? answer.problem.detail : null);
  };
  return (
    <section class="questions arriving" aria-labelledby="waiting-title" data-testid="waiting-room" data-stage={admission.stage}>
      <h1 id="waiting-title" tabIndex={-1} ref={focusOnce}>
        {isWaiting ? "A proctor will let you in" : decision?.outcome === "refused" ? "Not yet" : "Ready to be let in?"}
      </h1>
      {!isWaiting && decision?.outcome === "refused" ? (
        <p class="failure" role="alert" data-testid="refusal">
          {decision.words} {decision.note}
        </p>
      ) : null}
      {isWaiting ? (
        <div role="status" data-testid="waiting-status">
          <p>
            {admission.ahead === 0 ? "You are next." : `${sayCount(admission.ahead, "person is", "people are")} before you.`}{" "}
            {admission.asked_at_ms === null ? "" : `You asked at ${sayClock(admission.asked_at_ms)}.`}
          </p>
          <p>This page goes on by itself. The exam’s clock does not run yet, and a lost connection does not cost you your place.</p>
        </div>
      ) : (
        <p>A proctor looks at your picture and lets you in. If something is missing they tell you what, and you can ask again.</p>
      )}
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {isWaiting ? null : (
        <p class="choices">
          <button type="button" class="primary" aria-disabled={busy} onClick={() => !busy && void ask()} data-testid="ask-admission">
            Ask to be let in
          </button>
        </p>
      )}
    </section>
  );
}
