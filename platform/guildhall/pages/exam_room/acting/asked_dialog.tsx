import { useLayoutEffect, useRef } from "preact/hooks";
import type { ActionTold } from "../../shared/acting_told";
import { sayClock } from "../../shared/wording";
import { sayMeaning, sayTitle, sayWhy } from "./saying";

/**
 * A warning, a room scan, the end of the exam: read before anything else goes on. The focus is on the heading and not on
 * the button, since whoever is typing an answer would press the button with the next space.
 */
export function AskedDialog({ told, acknowledge }: { told: ActionTold; acknowledge: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isRead = useRef(false);
  const show = (): void => {
    dialog.current?.showModal();
    heading.current?.focus();
  };
  // In the frame that draws it: a key pressed in between would still go to the answer behind.
  useLayoutEffect(show, []);
  return (
    <dialog
      ref={dialog}
      class="asked-dialog"
      role="alertdialog"
      aria-labelledby="asked-title"
      aria-describedby="asked-why asked-meaning"
      onCancel={(event) => event.preventDefault()}
      // A browser closes it at the second Escape whatever the page says.
      onClose={() => (isRead.current ? acknowledge() : show())}
      data-testid="asked-dialog"
      data-kind={told.kind}
    >
      <h2 id="asked-title" tabIndex={-1} ref={heading}>
        {sayTitle(told)}
      </h2>
      <p id="asked-why" class="why">
        {sayWhy(told)}
      </p>
      <p id="asked-meaning">{sayMeaning(told)}</p>
      <p class="hint">
        {told.by_name === "" ? "A proctor" : told.by_name}, {sayClock(told.asked_at_ms)}
      </p>
      <p class="choices">
        <button
          type="button"
          class="primary"
          onClick={() => {
            isRead.current = true;
            dialog.current?.close();
          }}
          data-testid="asked-read"
        >
          I have read this
        </button>
      </p>
    </dialog>
  );
}
