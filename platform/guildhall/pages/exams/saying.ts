// How the portal says windows, countdowns and states. Pure: the caller reads the clock.
import type { AttemptListed, InvitationListed, OwnResultListed } from "../shared/exams_told";
import type { RightsState } from "../shared/review_told";
import { sayCount, sayDuration } from "../shared/wording";

const moment = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "long",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/** With the zone: an invitation is often read where one is not going to sit it. */
export function sayMoment(atMs: number): string {
  return moment.format(atMs);
}

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

export function sayDate(atMs: number): string {
  return day.format(atMs);
}

const OVER: ReadonlySet<string> = new Set(["submitted", "expired", "voided"]);

export function isOver(attempt: AttemptListed): boolean {
  return OVER.has(attempt.state);
}

/** The attempt that is not over yet, if there is one. */
export function openAttempt(invitation: InvitationListed): AttemptListed | null {
  return invitation.attempts.find((attempt) => !isOver(attempt)) ?? null;
}

const DAY_MS = 24 * 60 * 60_000;

/** A window whose end nobody plans for. */
export function isEndless(invitation: InvitationListed, nowMs: number): boolean {
  return invitation.closes_at_ms - nowMs > 1000 * DAY_MS;
}

/** "opens in 3 days", "open for 2 h 10 min more", "open, without an end", "closed". */
export function sayWindow(invitation: InvitationListed, nowMs: number): string {
  if (nowMs >= invitation.opens_at_ms && isEndless(invitation, nowMs)) return "open, without an end";
  if (nowMs < invitation.opens_at_ms) return `opens in ${sayLong(invitation.opens_at_ms - nowMs)}`;
  return nowMs < invitation.closes_at_ms ? `open for ${sayLong(invitation.closes_at_ms - nowMs)} more` : "closed";
}

function sayLong(durationMs: number): string {
  return durationMs < 2 * DAY_MS ? sayDuration(durationMs) : sayCount(Math.floor(durationMs / DAY_MS), "day", "days");
}

export function sayAttemptsLeft(invitation: InvitationListed): string {
  const left = Math.max(0, invitation.attempts_allowed - invitation.attempts.length);
  if (invitation.attempts_allowed === 1) return left === 1 ? "One attempt" : "Your one attempt is used";
  return `${left} of ${invitation.attempts_allowed} attempts left`;
}

export function sayAccommodations(invitation: InvitationListed): readonly string[] {
  const granted: string[] = [];
  if (invitation.extra_time_percent > 0) granted.push(`${invitation.extra_time_percent} % more time`);
  if (invitation.break_seconds > 0) granted.push(`breaks of ${sayDuration(invitation.break_seconds * 1000)} in all`);
  return granted;
}

const STATES: Readonly<Record<string, string>> = {
  created: "Not begun",
  checked_in: "Checked in, not begun",
  awaiting: "A proctor lets you in",
  authorised: "Admitted, not begun",
  running: "Running now",
  paused: "Paused by a proctor",
  on_break: "On a break",
  submitted: "Handed in",
  expired: "Handed in when the time was up",
  voided: "Declared void",
};

export function sayState(attempt: AttemptListed): string {
  return STATES[attempt.state] ?? attempt.state;
}

export function sayResult(result: OwnResultListed | null, review: RightsState = "no_flags"): string {
  if (result === null && review === "not_known_yet") return "It is not known yet whether anything was flagged; the result waits for that.";
  if (result === null && (review === "being_reviewed" || review === "contested")) return "The result waits while people look at what was flagged.";
  if (result === null && review === "decided") return "What was flagged has been decided; you may contest it.";
  if (result === null || result.state === "marking" || result.state === "reconciling") return "It is being marked.";
  if (result.state === "withheld") return `The result is withheld${result.reason === "" ? "." : `: ${result.reason}`}`;
  if (result.state === "marked" || result.state === "held") return "It is marked; the result is not released yet.";
  const percent = result.percent_hundredths === null ? "" : `, ${result.percent_hundredths / 100} %`;
  return result.is_pass === null ? `Result released${percent}.` : `${result.is_pass ? "Passed" : "Not passed"}${percent}.`;
}
