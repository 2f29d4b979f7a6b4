// The check-in as the page knows it: always what the server said last. Pure.
import type { CheckInState, CheckInTold } from "../shared/messages";

export type CheckInAction = "start" | "next_step" | "accept" | "skip";

/** Nothing follows these: the questions are what the page shows. */
export function isOver(state: CheckInState): boolean {
  return state === "accepted" || state === "skipped";
}

/**
 * What to show after a verdict. One without a check-in says nothing about it; one that was on its way when the candidate
 * left the check-in behind must not bring it back.
 */
export function adopt(shown: CheckInTold, told: CheckInTold | null): CheckInTold {
  return told === null || isOver(shown.state) ? shown : told;
}

/** Where an arrow beside the dot points while the head is to be turned; the preview and the screen share their left. */
export function arrowOf(step: string | null): "left" | "right" | "up" | "down" | null {
  const [kind, way] = step?.split("_") ?? [];
  if (kind !== "turn") return null;
  return way === "left" || way === "right" || way === "up" || way === "down" ? way : null;
}
