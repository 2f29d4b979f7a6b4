import type { ComponentChildren } from "preact";
import { hasPass } from "./vault";

/** The line above every page that is not an exam or a wall: where one is, home for who is in, and the way on at its end. */
export function Masthead({ children }: { children?: ComponentChildren }) {
  const home = hasPass() && location.pathname !== "/home" ? <a href="/home">Home</a> : null;
  return (
    <header class="masthead">
      <a class="mark" href="/">
        Guildhall
      </a>
      {children === undefined ? null : (
        <nav aria-label="Account">
          {home}
          {children}
        </nav>
      )}
    </header>
  );
}
