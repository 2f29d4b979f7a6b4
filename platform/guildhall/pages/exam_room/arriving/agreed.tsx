import { useState } from "preact/hooks";
import type { ConsentTold } from "../../shared/admission";
import type { Seat } from "../seat";
import { useModal } from "../../shared/use_modal";

/** During the exam: what was agreed to, and the way to take it back, or to agree again. */
export function Agreed({ seat }: { seat: Seat }) {
  const [isOpen, setOpen] = useState(false);
  if (seat.admission === null || seat.admission.consents.length === 0) return null;
  return (
    <p class="agreed">
      <button type="button" onClick={() => setOpen(true)} data-testid="agreed">
        What you agreed to…
      </button>
      {isOpen ? <AgreedDialog seat={seat} consents={seat.admission.consents} close={() => setOpen(false)} /> : null}
    </p>
  );
}

function AgreedDialog(props: { seat: Seat; consents: readonly ConsentTold[]; close: () => void }) {
  const { seat } = props;
  const dialog = useModal();
  const [asking, setAsking] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const answer = async (one: ConsentTold, given: boolean): Promise<void> => {
    setAsking(null);
    setFailure(null);
    const problem = await seat.answerConsent(one, given);
    setFailure(problem);
    if (problem === null) setSaid(given ? `${one.title}: you agree again.` : `${one.title}: off from now on.`);
  };
  return (
    <dialog ref={dialog} onClose={props.close} aria-labelledby="agreed-title" data-testid="agreed-dialog">
      <h2 id="agreed-title">What you agreed to</h2>
      <p>
        You can take back any of it now. Your exam goes on, its clock too, and what you wrote is kept. What was noted until now
        stays.
      </p>
      <ul class="signals">
        {props.consents.map((one) => (
          <li key={one.signal} data-testid={`agreed-${one.signal}`} data-given={one.given === true}>
            <span>
              <strong>
                {one.title}
                {one.given === true ? "" : ": off"}
              </strong>{" "}
              {one.what}
              {asking === one.signal ? (
                <span class="choices" role="group" aria-label={`Take back: ${one.title}`}>
                  <span id="taking-back">{sayWithout(one)}</span>
                  <button type="button" onClick={() => setAsking(null)}>
                    Leave it
                  </button>
                  <button
                    type="button"
                    class="primary"
                    ref={focusOn}
                    aria-describedby="taking-back"
                    onClick={() => void answer(one, false)}
                    data-testid="take-back-confirm"
                  >
                    Take it back
                  </button>
                </span>
              ) : (
                <button
                  type="button"
                  onClick={() => (one.given === true ? setAsking(one.signal) : void answer(one, true))}
                  data-testid={`change-${one.signal}`}
                >
                  {one.given === true ? "Take it back…" : "Agree again"}
                  <span class="unseen">: {one.title}</span>
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <p role="status">{said}</p>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="choices">
        <button type="button" class="primary" onClick={() => dialog.current?.close()} data-testid="agreed-close">
          Back to the exam
        </button>
      </p>
    </dialog>
  );
}

function focusOn(button: HTMLButtonElement | null): void {
  button?.focus();
}

/** What taking it back means, in the words that stood beside the consent. */
function sayWithout(one: ConsentTold): string {
  const needed = one.required ? " This exam asked everybody for it, so that you took it back, and when, is kept for whoever decides about your result." : "";
  return `From now on: ${one.without}${needed}`;
}
