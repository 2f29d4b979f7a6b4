import type { ComponentChildren } from "preact";

/** The line above every page that is not an exam or a wall: where one is, and the way on at its end. */
export function Masthead({ children }: { children?: ComponentChildren }) {
  return (
    <header class="masthead">
      <a class="mark" href="/">
        Guildhall
      </a>
      {children === undefined ? null : <nav aria-label="Account">{children}</nav>}
    </header>
  );
}
