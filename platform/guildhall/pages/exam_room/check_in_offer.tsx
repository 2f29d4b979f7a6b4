import { focusOnce } from "../shared/focus";
import type { CheckInAction } from "./check_in";

/** Before the check-in: what it is for, how long it takes, and what skipping it means. */
export function CheckInOffer(props: { act: (action: CheckInAction) => void; failure: string | null }) {
  return (
    <section class="questions" aria-labelledby="check-in-title" data-testid="check-in-offer">
      <h1 id="check-in-title" tabIndex={-1} ref={focusOnce}>
        A short check-in
      </h1>
      <p>
        Look at a few dots, turn your head a little, close your eyes once: about 15 seconds. Everyone holds their head and
        eyes differently. After this you are measured from your own posture, so that it is not taken for looking away.
      </p>
      {props.failure === null ? null : (
        <p class="failure" role="alert">
          {props.failure}
        </p>
      )}
      <p class="choices">
        <button type="button" class="primary" onClick={() => props.act("start")} data-testid="check-in-start">
          Start the check-in
        </button>
        <button type="button" onClick={() => props.act("skip")} data-testid="check-in-skip">
          Skip it
        </button>
      </p>
      <p class="hint">
        You cannot fail it. If you skip it, you are measured from your first calm seconds instead, which is less exact.
        Skipping is not held against you; single steps that you cannot do can be skipped too.
      </p>
    </section>
  );
}
