import { useEffect } from "preact/hooks";
import { useComingBack } from "./page_frame";

const LOOK_MS = 5_000;

/** Reads again while somebody looks, and when they come back to the tab: what others do meanwhile shows by itself. */
export function useLooking(look: () => void, everyMs = LOOK_MS): void {
  useComingBack(look);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || look(), everyMs);
    return () => clearInterval(timer);
  });
}
