import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Masthead } from "./masthead";
import { type Read, Waiting } from "./reading";

interface FrameProps<T> {
  readonly title: string;
  readonly nav: ComponentChildren;
  readonly read: Pick<Read<T>, "value" | "problem" | "again">;
  /** Said while what the page is about is on its way. */
  readonly waiting: string;
  readonly children: (value: T) => ComponentChildren;
}

/** A page about one thing of the server's: the line above, the title, and the thing, or why it is not there yet. */
export function PageFrame<T>({ title, nav, read, waiting, children }: FrameProps<T>) {
  return (
    <>
      <Masthead>{nav}</Masthead>
      <main>
        <h1>{title}</h1>
        <Waiting read={read} words={waiting} />
        {read.value === null ? null : children(read.value)}
      </main>
    </>
  );
}

/** What stands behind the # of the address, so that Back, reload and a copied address lead to the same place. */
export function useAddress(turned: () => void = () => undefined): string {
  const [at, setAt] = useState(location.hash.slice(1));
  useEffect(() => {
    const turn = (): void => {
      setAt(location.hash.slice(1));
      turned();
    };
    addEventListener("hashchange", turn);
    return () => removeEventListener("hashchange", turn);
  }, []);
  return at;
}

/**
 * Reads again when somebody comes back to this tab: who signed out elsewhere meanwhile should not find it still open. And
 * the browser's Back may bring a page as it was left, and who left it may have signed out.
 */
export function useComingBack(read: () => void): void {
  useEffect(() => {
    const lookAgain = (): void => void (document.hidden || read());
    const comeBack = (event: PageTransitionEvent): void => void (event.persisted && location.reload());
    document.addEventListener("visibilitychange", lookAgain);
    addEventListener("pageshow", comeBack);
    return () => {
      document.removeEventListener("visibilitychange", lookAgain);
      removeEventListener("pageshow", comeBack);
    };
  }, []);
}

const LOOK_EVERY_MS = 2_000;

/** Reads again by itself while something is not known yet, and once more soon after: what follows from it may take a moment. */
export function useUntilKnown(isKnown: boolean, read: () => void): void {
  const newest = useRef(read);
  newest.current = read;
  const waited = useRef(false);
  useEffect(() => {
    const look = (): void => void (document.hidden || newest.current());
    if (isKnown && !waited.current) return;
    waited.current = !isKnown;
    const looking = isKnown ? setTimeout(look, LOOK_EVERY_MS) : setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [isKnown]);
}
