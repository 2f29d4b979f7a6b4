import type { ComponentChildren } from "preact";
import { useModal } from "./use_modal";

interface ConfirmProps {
  readonly title: string;
  /** What follows from it. */
  readonly children: ComponentChildren;
  readonly act: string;
  readonly done: (isMeant: boolean) => void;
}

/** Asks once more before something that is not easily taken back. Escape is a no. */
export function ConfirmDialog({ title, children, act, done }: ConfirmProps) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={() => done(false)} data-testid="confirm-dialog">
      <h2 id="confirm-title">{title}</h2>
      <p>{children}</p>
      <p class="choices">
        <button type="button" onClick={() => dialog.current?.close()}>
          Leave it
        </button>
        <button type="button" class="primary" onClick={() => done(true)} data-testid="confirm-act">
          {act}
        </button>
      </p>
    </dialog>
  );
}
