// The time that is left, when to say so, and what was given back. Pure: the caller reads the server's clock.
import type { ClockShown, CreditShown } from "../../shared/exam";
import { sayClock, sayDuration } from "../../shared/wording";

export const ANNOUNCED_MINUTES = [15, 5, 1] as const;
/** A hidden timer comes back for these. */
export const LAST_MINUTES_MS = 5 * 60_000;

export function leftMs(clock: ClockShown, serverNowMs: number): number {
  const left = clock.is_running && clock.deadline_ms !== null ? clock.deadline_ms - serverNowMs : clock.left_ms;
  return Math.max(0, left);
}

/** "1:05:09", "12:05", "0:07": rounded up, so that it says 0:00 only when nothing is left. */
export function sayCountdown(durationMs: number): string {
  const seconds = Math.ceil(Math.max(0, durationMs) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (number: number): string => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** What to say aloud as the time left went from one value to another; the lowest mark of several that were passed. */
export function announce(beforeMs: number, nowMs: number): string | null {
  const passed = ANNOUNCED_MINUTES.filter((minutes) => beforeMs > minutes * 60_000 && nowMs <= minutes * 60_000);
  const minutes = passed.at(-1);
  if (minutes === undefined) return null;
  return minutes === 1 ? "1 minute is left." : `${minutes} minutes are left.`;
}

/** A whole duration in words for a person who plans: "1 h 30 min", "45 min". */
export function sayMinutes(durationMs: number): string {
  return sayDuration(durationMs);
}

/** Time given back, as the candidate reads it: what, when, how much, and the reason somebody gave. */
export function sayCredit(credit: CreditShown): string {
  const given = sayDuration(credit.credited_ms);
  const reason = credit.reason === "" ? "" : ` Reason: ${credit.reason}`;
  const from = sayClock(credit.began_at_ms);
  if (credit.kind === "extension") return `${from}: a proctor gave you ${given} more.${reason}`;
  const what = {
    outage: "our server was away",
    pause: "a proctor paused your exam",
    break: "you took a break",
    reopening: "your exam was over, until it was opened again",
  }[credit.kind];
  if (credit.ended_at_ms === null) return `Since ${from} ${what}; the clock stands.${reason}`;
  return `${from} to ${sayClock(credit.ended_at_ms)}: ${what}. ${given} given back.${reason}`;
}

/** What is new in a list of credits since it was last shown: those that have ended or were given since. */
export function newCredits(before: readonly CreditShown[], after: readonly CreditShown[]): readonly CreditShown[] {
  const idOf = (credit: CreditShown): string => `${credit.kind} ${credit.began_at_ms} ${credit.ended_at_ms !== null}`;
  const known = new Set(before.map(idOf));
  return after.filter((credit) => credit.ended_at_ms !== null && credit.credited_ms > 0 && !known.has(idOf(credit)));
}

const WORTH_TELLING_MS = 30_000;

/** Says that this device's clock is off, where it is off enough for somebody to wonder. */
export function saySkew(offsetMs: number): string | null {
  if (Math.abs(offsetMs) < WORTH_TELLING_MS) return null;
  const way = offsetMs > 0 ? "behind" : "ahead of";
  return `The clock of this device is ${sayDuration(Math.abs(offsetMs))} ${way} the server's. It makes no difference: the exam goes by the server's.`;
}
