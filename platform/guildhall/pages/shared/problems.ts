// HTTP problems (RFC 9457) as pages read and say them. Pure.
import type { Problem } from "./messages";

export const NOT_REACHED: Problem = {
  type: "not-reached",
  title: "No answer",
  status: 0,
  detail: "The server cannot be reached. Check your connection, then try again.",
};

/** The problem of an answer that is no success, whatever stands in its body: a proxy's error page is one as well. */
export function readProblem(status: number, body: unknown): Problem {
  const told = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem> & { code?: string };
  return {
    type: told.code ?? lastPart(told.type ?? "unknown"),
    title: told.title ?? "Not done",
    status,
    detail: told.detail ?? `The server did not do that (${status}). Try again in a moment.`,
    fields: told.fields ?? null,
    retry_after_ms: told.retry_after_ms ?? null,
  };
}

/** The sentence to show above a form; what is wrong with single fields is said beside them. */
export function sayProblem(problem: Problem): string {
  if (problem.type === "too-many") return `That was tried too often just now. Try again ${sayWait(problem)}.`;
  if (problem.status === 503) return `The server is busy. Try again ${sayWait(problem)}.`;
  const isOfFields = problem.type === "invalid" && Object.keys(problem.fields ?? {}).length > 0;
  return isOfFields ? "Not yet: see what is marked below." : problem.detail;
}

/** What is wrong with one field. The server's words are a sentence, or the rest of one that began with the name. */
export function sayField(words: string): string {
  const sentence = /^[a-z]/.test(words) ? `This ${words}` : words;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function sayWait(problem: Problem): string {
  const seconds = Math.ceil((problem.retry_after_ms ?? 0) / 1000);
  if (seconds <= 1) return "in a moment";
  return seconds < 90 ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
}

function lastPart(type: string): string {
  return type.split("/").at(-1) ?? type;
}
