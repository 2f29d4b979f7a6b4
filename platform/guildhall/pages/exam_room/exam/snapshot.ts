// The attempt as it was last told, for a page that is opened again while nobody can tell it anew. Gone when it is over.
import type { AttemptShown } from "../../shared/exam";

export interface Snapshot {
  readonly attempt: AttemptShown;
  /** By how much the server's clock is ahead of this device's. */
  readonly offsetMs: number;
}

const keyOf = (attemptId: string): string => `guildhall.attempt.${attemptId}`;

export function keepSnapshot(snapshot: Snapshot): void {
  const { attempt } = snapshot;
  try {
    if (attempt.state === "running" || attempt.state === "paused") {
      localStorage.setItem(keyOf(attempt.attempt_id), JSON.stringify(snapshot));
    } else localStorage.removeItem(keyOf(attempt.attempt_id));
  } catch {
    // A page that is reloaded without a network will wait for it.
  }
}

export function readSnapshot(attemptId: string): Snapshot | null {
  try {
    return JSON.parse(localStorage.getItem(keyOf(attemptId)) ?? "null") as Snapshot | null;
  } catch {
    return null;
  }
}
