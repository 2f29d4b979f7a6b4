// The attempt as it was last told, for a page that is opened again while nobody can tell it anew. Gone when it is over.
import type { AnswerShown, AttemptShown } from "../../shared/exam";

export interface Snapshot {
  readonly attempt: AttemptShown;
  /** By how much the server's clock is ahead of this device's. */
  readonly offsetMs: number;
}

const keyOf = (attemptId: string): string => `guildhall.attempt.${attemptId}`;
/** Apart, because they change with every receipt, and the questions never do. */
const answersKeyOf = (attemptId: string): string => `guildhall.answers.${attemptId}`;

export function keepSnapshot(snapshot: Snapshot): void {
  const { attempt } = snapshot;
  try {
    if (attempt.state === "running" || attempt.state === "paused") {
      localStorage.setItem(keyOf(attempt.attempt_id), JSON.stringify(snapshot));
      return;
    }
    localStorage.removeItem(keyOf(attempt.attempt_id));
    localStorage.removeItem(answersKeyOf(attempt.attempt_id));
  } catch {
    // A page that is reloaded without a network will wait for it.
  }
}

export function keepAnswers(attemptId: string, answers: readonly AnswerShown[]): void {
  try {
    localStorage.setItem(answersKeyOf(attemptId), JSON.stringify(answers));
  } catch {
    // As above.
  }
}

export function readSnapshot(attemptId: string): Snapshot | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(attemptId)) ?? "null") as Snapshot | null;
    const answers = JSON.parse(localStorage.getItem(answersKeyOf(attemptId)) ?? "[]") as AnswerShown[];
    return kept === null ? null : { ...kept, attempt: { ...kept.attempt, answers: [...kept.attempt.answers, ...answers] } };
  } catch {
    return null;
  }
}
