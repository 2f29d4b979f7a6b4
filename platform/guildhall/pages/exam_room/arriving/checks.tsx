import { useEffect, useState } from "preact/hooks";
import type { AdmissionTold } from "../../shared/admission";
import { focusOnce } from "../../shared/focus";
import { Icon } from "../../shared/icons";
import type { Seat } from "../seat";
import { measureLine, measureRate } from "./measuring";

// Between opening the camera and the first look: the server has to have seen a picture.
const SETTLE_MS = 1500;

/** The system check: what works, and what to do about what does not. Made again as often as one likes. */
export function Checks({ seat, admission, goOn }: { seat: Seat; admission: AdmissionTold; goOn: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const run = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const rate = await measureRate(document.querySelector<HTMLVideoElement>(".mirror video"));
    const line = await measureLine(seat.line);
    const trouble = seat.camera.kind === "trouble" ? seat.camera.trouble : null;
    const answer = await seat.line.ask<AdmissionTold>("checks", { camera_trouble: trouble, frames_per_second: rate, ...line });
    setBusy(false);
    if ("reply" in answer) seat.adopt(answer.reply);
    else setFailure(answer.problem.detail);
  };
  useEffect(() => void run(), []);
  const failed = admission.checks.filter((each) => each.passed === false);
  const isMade = admission.checks.every((each) => each.passed !== null);
  const mayGoOn = isMade && admission.stage !== "checks";
  return (
    <section class="questions arriving" aria-labelledby="checks-title" data-testid="checks" data-busy={busy} data-failed={failed.length}>
      <h1 id="checks-title" tabIndex={-1} ref={focusOnce}>
        Does everything work?
      </h1>
      <p role="status">{sayState(busy, isMade, failed.length)}</p>
      <ul class="signals">
        {admission.checks.map((each) => (
          <li key={each.name} data-testid={`check-${each.name}`} data-on={each.passed !== false} data-passed={each.passed ?? ""}>
            <Icon name={each.passed === false ? "unseen" : "eye"} />
            <span>
              <strong>
                {each.title}
                {each.passed === null ? "" : each.passed ? ": fine" : each.must_pass ? ": needed" : ": could be better"}
              </strong>{" "}
              {each.measured} {each.advice}
            </span>
          </li>
        ))}
      </ul>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="choices">
        <button type="button" aria-disabled={busy} onClick={() => !busy && void run()} data-testid="check-again">
          {busy ? "Checking…" : "Check again"}
        </button>
        <button
          type="button"
          class="primary"
          aria-disabled={!mayGoOn || busy}
          aria-describedby="checks-hint"
          onClick={() => mayGoOn && !busy && goOn()}
          data-testid="checks-go-on"
        >
          Go on
        </button>
      </p>
      <p class="hint" id="checks-hint">
        {mayGoOn
          ? "What could be better is no fault of yours, and nobody counts it against you."
          : "What is marked as needed has to work before you go on. Nothing runs yet, and no time is lost."}
      </p>
    </section>
  );
}

function sayState(busy: boolean, isMade: boolean, failed: number): string {
  if (busy) return "Looking. This takes a few seconds.";
  if (!isMade) return "This has not been checked yet.";
  return failed === 0 ? "Everything works." : "Here is what to do about what does not work yet.";
}
