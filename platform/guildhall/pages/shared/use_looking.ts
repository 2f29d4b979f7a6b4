import { useEffect, useRef } from "preact/hooks";
import type { Api } from "./api";
import { movesLineOf } from "./moves_line";
import { useComingBack } from "./page_frame";

/** What moves together is read once. */
const GATHER_MS = 200;
const LOOK_MS = 5_000;
/** While the server tells what moves, a page looks by itself only now and then: a hint may be lost. */
const CALM_MS = 60_000;

/** What the server says has moved. */
export type Sort = "contracts" | "applications" | "opportunities" | "onboarding" | "money" | "notices";

/**
 * Reads again when the server says that something of these sorts has moved, when somebody comes back to the tab, and
 * now and then while they look: what others do meanwhile shows by itself.
 */
export function useLooking(api: Api, sorts: readonly Sort[], look: () => void, everyMs = LOOK_MS): void {
  const newest = useRef(look);
  newest.current = look;
  useComingBack(() => newest.current());
  useEffect(() => {
    const line = movesLineOf(api);
    let calmMs = 0;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      gathering = undefined;
      calmMs = 0;
      if (!document.hidden) newest.current();
    };
    const timer = setInterval(() => {
      calmMs += everyMs;
      if (!line.isOpen || calmMs >= CALM_MS) read();
    }, everyMs);
    const deaf = line.listen((about) => {
      if (about === "" || (sorts as readonly string[]).includes(about)) gathering ??= setTimeout(read, GATHER_MS);
    });
    return () => {
      clearInterval(timer);
      clearTimeout(gathering);
      deaf();
    };
  }, []);
}
