// What `/v1/proctoring/reviews` and `/v1/proctoring/rights` answer; proctoring/messages/reviewing.py is what it mirrors.
import type { Channel } from "./messages";

export type Penalty = "reprimand" | "resit" | "void";
export type VerdictReason =
  | "seen_in_evidence"
  | "seen_live"
  | "admitted"
  | "false_detection"
  | "innocent_explanation"
  | "accommodation"
  | "permitted"
  | "evidence_too_poor";

export interface VerdictShown {
  readonly flag_id: string;
  readonly is_upheld: boolean;
  readonly reason: VerdictReason;
  readonly words: string;
  readonly at_ms: number;
}

export interface FlagTold {
  readonly id: string;
  readonly rule: string | null;
  readonly title: string;
  readonly channel: Channel;
  readonly rule_version: string;
  readonly opened_at_ms: number;
  readonly closed_at_ms: number | null;
  readonly reason: string;
  readonly probability: number | null;
  readonly reviewed: number;
}

export interface OwnFlagShown extends FlagTold {
  readonly counts: boolean;
  readonly verdicts: readonly VerdictShown[];
}

export interface RoundShown {
  readonly is_mine: boolean;
  readonly verdicts: readonly VerdictShown[];
  readonly penalty: Penalty | null;
  readonly words: string;
  readonly decided_at_ms: number | null;
}

export interface ContestShown {
  readonly at_ms: number;
  readonly words: string;
}

export interface ReviewListed {
  readonly id: string;
  readonly pseudonym: string;
  readonly is_appeal: boolean;
  readonly flags: number;
  readonly opened_at_ms: number;
  readonly is_mine: boolean;
  readonly until_ms: number;
}

export interface ReviewQueue {
  readonly items: readonly ReviewListed[];
  readonly others: number;
}

/** What was flagged before the exam was opened again: a case of its own, which is over. */
export interface EarlierCaseShown {
  readonly over_at_ms: number;
  readonly state: RightsState;
  readonly flags: readonly OwnFlagShown[];
  readonly penalty: Penalty | null;
  readonly means: string;
  readonly decisions: readonly RoundShown[];
  readonly contest: ContestShown | null;
}

export interface CaseShown {
  readonly id: string;
  readonly pseudonym: string;
  readonly is_appeal: boolean;
  readonly is_decided: boolean;
  readonly opened_at_ms: number;
  readonly exceptions: readonly string[];
  readonly flags: readonly FlagTold[];
  readonly flags_left_out: number;
  readonly mine: RoundShown | null;
  readonly until_ms: number;
  readonly others: readonly RoundShown[];
  readonly contest: ContestShown | null;
  readonly earlier_until_ms: number;
  /** Empty until this case is decided, although there is something: it would colour it. */
  readonly earlier: readonly EarlierCaseShown[];
  readonly actions: readonly { readonly event: string; readonly allowed: boolean; readonly reason: string | null }[];
  readonly reasons: readonly { readonly reason: VerdictReason; readonly is_upholding: boolean }[];
  readonly server_time_ms: number;
}

export interface TracePoint {
  readonly at_ms: number;
  readonly faces: number;
  readonly light: number;
  readonly yaw_deg: number | null;
  readonly pitch_deg: number | null;
  readonly gaze_x: number | null;
  readonly gaze_y: number | null;
}

export interface TraceShown {
  readonly flag_id: string;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly is_destroyed: boolean;
  readonly points: readonly TracePoint[];
}

export type RightsState = "not_known_yet" | "no_flags" | "being_reviewed" | "cleared" | "decided" | "contested" | "final" | "overturned";

/** Nothing has to be waited for: an exam that goes on ends when it ends. */
export function isKnown(told: { readonly state: RightsState; readonly over_at_ms: number | null }): boolean {
  return told.state !== "not_known_yet" || told.over_at_ms === null;
}

export interface RightsListed {
  readonly attempt_id: string;
  readonly exam_title: string;
  readonly number: number;
  readonly over_at_ms: number | null;
  readonly state: RightsState;
  readonly flags: number;
  readonly contest_until_ms: number;
}

export interface RightsShown {
  readonly attempt_id: string;
  readonly session_id: string;
  readonly exam_title: string;
  readonly number: number;
  readonly began_at_ms: number | null;
  readonly over_at_ms: number | null;
  readonly state: RightsState;
  readonly flags: readonly OwnFlagShown[];
  readonly penalty: Penalty | null;
  readonly means: string;
  readonly decisions: readonly RoundShown[];
  readonly contest_until_ms: number;
  readonly may_contest: boolean;
  readonly why_not: string | null;
  readonly contest: ContestShown | null;
  readonly earlier: readonly EarlierCaseShown[];
  readonly looks: readonly { readonly at_ms: number; readonly name: string | null; readonly what: string }[];
  readonly photos: number;
  readonly kept_until_ms: number;
  readonly destroyed_at_ms: number | null;
  readonly server_time_ms: number;
}

export const REASONS: Readonly<Record<VerdictReason, string>> = {
  seen_in_evidence: "The pictures or measures show it",
  seen_live: "A proctor saw it live",
  admitted: "The candidate said so",
  false_detection: "It was seen wrongly",
  innocent_explanation: "There is an innocent explanation",
  accommodation: "An accommodation covers it",
  permitted: "This exam permits it",
  evidence_too_poor: "Too little can be seen",
};

export const PENALTIES: Readonly<Record<Penalty, string>> = {
  reprimand: "A reprimand; the result stands",
  resit: "The attempt does not count; another may be sat",
  void: "The attempt does not count",
};

const moment = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function sayWhen(atMs: number): string {
  return moment.format(atMs);
}

export function sayDay(atMs: number): string {
  return day.format(atMs);
}

/** "14:03:12, for 4.2 s"; or how long it went on, where nobody saw its end. */
export function sayStretch(flag: FlagTold): string {
  const began = clock.format(flag.opened_at_ms);
  if (flag.rule === null) return began;
  if (flag.closed_at_ms === null) return `${began}, its end was not seen`;
  return `${began}, for ${((flag.closed_at_ms - flag.opened_at_ms) / 1000).toFixed(1)} s`;
}

/** How often flags of its kind turned out right, in this house. */
export function sayProbability(flag: FlagTold): string {
  if (flag.rule === null) return "A person's word, not a measure";
  const basis = flag.reviewed === 0 ? "none of its kind was reviewed here yet" : `${flag.reviewed} of its kind were reviewed here`;
  return flag.probability === null ? `Uncalibrated: ${basis}` : `Upheld in ${(100 * flag.probability).toFixed(0)} % of cases: ${basis}`;
}
