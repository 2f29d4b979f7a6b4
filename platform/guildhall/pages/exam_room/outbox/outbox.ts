// What waits to be receipted, and what may happen to it. Pure: each function plans a change of the kept list, which a
// `Keeping` then carries out in one piece.
import type { AnswerGiven, Outcome, Receipted } from "../../shared/exam";
import type { Problem } from "../../shared/messages";

/**
 * unsent: nobody but this browser knows it, so a newer answer to the same slot may take its place. sent: the server may
 * have stored it, so it stays as it is, under its key, until it is receipted. refused: cannot be stored as it is.
 */
export type Stage = "unsent" | "sent" | "refused";

export interface Kept extends AnswerGiven {
  /** The order of writing, over all tabs of this browser. */
  readonly place: number;
  readonly stage: Stage;
  readonly problem: Problem | null;
}

export interface Change<T> {
  readonly put: readonly Kept[];
  readonly remove: readonly string[];
  readonly result: T;
}

/** As many as the server takes at once: ANSWERS_AT_ONCE_MAX there. */
export const AT_ONCE_MAX = 50;

/**
 * Adds an answer; one with a `problem` is kept and shown but not sent. An unsent or refused older answer to its slot is
 * replaced, and so is nothing else.
 */
export function planWrite(kept: readonly Kept[], answer: AnswerGiven, problem: Problem | null = null): Change<boolean> {
  if (kept.some((each) => each.key === answer.key)) return { put: [], remove: [], result: false };
  const older = kept.filter((each) => each.slot_id === answer.slot_id && each.stage !== "sent");
  const place = kept.reduce((highest, each) => Math.max(highest, each.place), 0) + 1;
  // Nobody will ever know the one that is replaced: what that one was written over, this one is.
  const replaced = older.find((each) => each.key === answer.follows);
  const over = inOrder(kept).findLast((each) => each.slot_id === answer.slot_id && each.stage === "sent");
  const follows = (replaced === undefined ? answer.follows : replaced.follows) ?? over?.key ?? null;
  const based_on = Math.max(answer.based_on, replaced?.based_on ?? 0);
  const spent_ms = older.reduce((sum, each) => sum + (each.spent_ms ?? 0), answer.spent_ms ?? 0);
  const added: Kept = { ...answer, follows, based_on, spent_ms, place, stage: problem === null ? "unsent" : "refused", problem };
  return { put: [added], remove: older.map((each) => each.key), result: true };
}

/** Adds what a closing tab could still put down, unless something newer is kept for its slot. */
export function planAbsorb(kept: readonly Kept[], answer: AnswerGiven): Change<boolean> {
  const newer = kept.some((each) => each.slot_id === answer.slot_id && each.client_at_ms > answer.client_at_ms);
  return newer ? { put: [], remove: [], result: false } : planWrite(kept, answer);
}

/** The next batch, oldest first, marked as sent. */
export function planTake(kept: readonly Kept[], most = AT_ONCE_MAX): Change<readonly Kept[]> {
  const due = inOrder(kept).filter((each) => each.stage !== "refused").slice(0, most);
  const batch = due.map((each): Kept => ({ ...each, stage: "sent" }));
  return { put: batch.filter((_, place) => due[place]?.stage === "unsent"), remove: [], result: batch };
}

/** What became of one answer of a batch. */
export interface Settled {
  readonly answer: AnswerGiven;
  readonly outcome: Outcome;
}

/**
 * Takes the server's outcomes in: what is receipted goes, what is refused stays with its reason. Outcomes for keys that
 * are not in `batch` change nothing.
 */
export function planSettle(
  kept: readonly Kept[],
  batch: readonly Kept[],
  outcomes: readonly Outcome[],
): Change<readonly Settled[]> {
  const put: Kept[] = [];
  const remove: string[] = [];
  const settled: Settled[] = [];
  for (const outcome of outcomes) {
    const answer = batch.find((each) => each.key === outcome.key);
    if (answer === undefined) continue;
    settled.push({ answer, outcome });
    const still = kept.find((each) => each.key === outcome.key);
    if (still === undefined) continue;
    if (isReceipt(outcome)) remove.push(still.key);
    else put.push({ ...still, stage: "refused", problem: outcome.problem });
  }
  return { put, remove, result: settled };
}

export function isReceipt(outcome: Outcome): outcome is Receipted {
  return !("problem" in outcome);
}

export function inOrder(kept: readonly Kept[]): readonly Kept[] {
  return kept.toSorted((one, other) => one.place - other.place);
}

/** The newest kept answer of each slot: what the page shows over what the server last said. */
export function newestBySlot(kept: readonly Kept[]): ReadonlyMap<string, Kept> {
  return new Map(inOrder(kept).map((each) => [each.slot_id, each]));
}

export function applyChange(kept: readonly Kept[], change: Change<unknown>): readonly Kept[] {
  const gone = new Set([...change.remove, ...change.put.map((each) => each.key)]);
  return inOrder([...kept.filter((each) => !gone.has(each.key)), ...change.put]);
}

/** How a request that failed as a whole is met. */
export type Remedy = "wait" | "split" | "halt";

/**
 * Nothing came back or the server is busy: wait and send again. It did not understand: send one by one, to find which.
 * It will not (signed out, taken over): stop until the page has a line again.
 */
export function remedyFor(problem: Problem): Remedy {
  if (problem.status === 0 || problem.status >= 500 || problem.status === 429 || problem.status === 408) return "wait";
  return problem.status === 400 || problem.status === 413 || problem.status === 422 ? "split" : "halt";
}
