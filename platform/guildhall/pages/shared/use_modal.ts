import { type RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * The ref of a dialog that is modal for as long as it is drawn. A layout effect, for it to be open in the same frame that
 * draws it: with an effect after paint, a key pressed in between still went to the page behind, and the focus jumped under
 * whoever had already reached a button of the dialog.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return dialog;
}
