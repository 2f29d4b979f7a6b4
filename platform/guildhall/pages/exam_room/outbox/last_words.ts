// What a closing tab puts down when there is no time to wait for a database: localStorage is written before it is gone.
import type { AnswerGiven } from "../../shared/exam";

/** `fetch` with keepalive carries 64 KiB for all of a page together (Fetch standard, 5.5): this leaves room for headers. */
const KEEPALIVE_BYTES_MAX = 60_000;

const keyOf = (attemptId: string): string => `guildhall.last-words.${attemptId}`;

export function leaveLastWords(attemptId: string, answers: readonly AnswerGiven[]): void {
  if (answers.length === 0) return;
  try {
    localStorage.setItem(keyOf(attemptId), JSON.stringify(answers));
  } catch {
    // Nowhere to put it: the request that goes out at the same moment is what is left.
  }
}

/** What an earlier page of this attempt left, read once it is safe in the outbox: call `forget` then. */
export function readLastWords(attemptId: string): { answers: readonly AnswerGiven[]; forget: () => void } {
  try {
    const left = localStorage.getItem(keyOf(attemptId));
    const forget = (): void => {
      // Another page may have left its own meanwhile.
      if (localStorage.getItem(keyOf(attemptId)) === left) localStorage.removeItem(keyOf(attemptId));
    };
    return { answers: left === null ? [] : (JSON.parse(left) as AnswerGiven[]), forget };
  } catch {
    return { answers: [], forget: () => undefined };
  }
}

/** As many of the answers, in their order, as one keepalive request carries; the others go after the next opening. */
export function fitKeepalive(answers: readonly AnswerGiven[], bytesMax = KEEPALIVE_BYTES_MAX): readonly AnswerGiven[] {
  const fitting: AnswerGiven[] = [];
  let bytes = 20;
  for (const answer of answers) {
    const size = new TextEncoder().encode(JSON.stringify(answer)).length + 1;
    if (bytes + size > bytesMax) break;
    bytes += size;
    fitting.push(answer);
  }
  return fitting;
}
