import { focusOnce } from "../shared/focus";
import { Icon } from "../shared/icons";
import type { CheckInTold } from "../shared/messages";
import type { CheckInAction } from "./check_in";

/** After the check-in: what is used for this person, what is not and why, and what would help. Never a dead end. */
export function CheckInResult(props: { told: CheckInTold; goOn: string; act: (action: CheckInAction) => void; failure: string | null }) {
  const { told, act } = props;
  const whole = told.signals.every((signal) => signal.on);
  return (
    <section class="questions result" aria-labelledby="check-in-title" data-testid="check-in-result">
      <h1 id="check-in-title" tabIndex={-1} ref={focusOnce}>
        {whole ? "Thank you, all is set" : "Thank you. Not everything could be measured"}
      </h1>
      <ul class="signals">
        {told.signals.map((signal) => (
          <li key={signal.title} data-on={signal.on} data-testid="check-in-signal" data-quality={signal.quality}>
            <Icon name={signal.on ? "connected" : "unseen"} />
            <span>
              <strong>
                {signal.title}: {signal.on ? "measured." : "switched off."}
              </strong>{" "}
              {signal.text}
            </span>
          </li>
        ))}
      </ul>
      {props.failure === null ? null : (
        <p class="failure" role="alert">
          {props.failure}
        </p>
      )}
      <p class="choices">
        <button type="button" class="primary" onClick={() => act("accept")} data-testid="check-in-accept">
          {props.goOn}
        </button>
        {told.runs_left > 0 ? (
          <button type="button" onClick={() => act("start")} data-testid="check-in-again">
            Do it again
          </button>
        ) : null}
      </p>
      {whole ? null : (
        <p class="hint">
          You can sit the exam like this. What is switched off is not judged, and its being off is not held against you.
        </p>
      )}
    </section>
  );
}
