/**
 * A ref that gives its element the focus when it appears. One function for all, so that it is the same at every drawing:
 * preact calls a ref again when it has changed, and the focus would jump back while somebody types.
 */
export function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}
