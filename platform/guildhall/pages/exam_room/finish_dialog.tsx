import { useState } from "preact/hooks";
import type { Seat } from "./seat";
import { useModal } from "../shared/use_modal";

/** Asks once more before the exam ends, and says so when it could not be ended. */
export function FinishDialog(props: { seat: Seat; close: () => void }) {
  const dialog = useModal();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);


  const finish = async (): Promise<void> => {
    setAsking(true);
    setFailure(null);
    const answer = await props.seat.finish();
    if ("reply" in answer) return;
    setAsking(false);
    setFailure(`${answer.problem.detail} Your exam is still open. Try again in a moment.`);
  };

  return (
    <dialog ref={dialog} onClose={props.close} aria-labelledby="finish-title" data-testid="finish-dialog">
      <h2 id="finish-title">Finish the exam?</h2>
      <p>Your camera stops, and you cannot come back into this exam.</p>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="choices">
        <button type="button" onClick={() => dialog.current?.close()}>
          Go on with the exam
        </button>
        <button type="button" class="primary" onClick={() => void finish()} disabled={asking} data-testid="finish-confirm">
          {asking ? "Finishing…" : "Yes, finish"}
        </button>
      </p>
    </dialog>
  );
}
