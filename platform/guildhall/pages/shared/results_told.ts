// What crosses HTTP about marking, results and credentials: the mirror of assessments/messages/{marking,results,
// credentials}.py. Times are UTC milliseconds, points whole hundredths, percents hundredths of a percent.
import type { Question, Response } from "./exam";

export type ResultState = "marking" | "reconciling" | "marked" | "held" | "released" | "withheld";
export type MarkRole = "first" | "second" | "reconciling";

export interface QuestionListed {
  readonly organisation_id: string;
  readonly delivery_id: string;
  readonly delivery_title: string;
  readonly version_id: string;
  readonly prompt: string;
  readonly total: number;
  readonly final: number;
  readonly mine_open: number;
}

export interface Criterion {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly centipoints: number;
}

export interface OtherMark {
  readonly role: MarkRole;
  readonly points: Readonly<Record<string, number>>;
  readonly comment: string;
}

export interface MarkShown {
  readonly mark_id: string;
  readonly rev: number;
  readonly delivery_id: string;
  readonly delivery_title: string;
  readonly version_id: string;
  /** Where the pictures of the question are. */
  readonly bank_id: string;
  readonly label: string;
  readonly name: string;
  readonly role: MarkRole;
  readonly question: Question;
  readonly criteria: readonly Criterion[];
  readonly model_answer: string;
  readonly response: Response | null;
  readonly points: Readonly<Record<string, number>>;
  readonly comment: string;
  readonly is_final: boolean;
  readonly claimed_until_ms: number;
  readonly reopened: readonly string[];
  readonly others: readonly OtherMark[];
}

export interface MarkSaved {
  readonly mark_id: string;
  readonly rev: number;
  readonly is_final: boolean;
  readonly saved_at_ms: number;
  readonly claimed_until_ms: number;
}

export interface ClaimAnswered {
  readonly mark: MarkShown | null;
}

export interface OwnMarkListed {
  readonly mark_id: string;
  readonly label: string;
  readonly is_final: boolean;
  readonly centipoints: number;
}

export interface GradeShown {
  readonly at_ms: number;
  readonly by: string;
  readonly reason: string;
  readonly earned_centipoints: number;
  readonly worth_centipoints: number;
  readonly percent_hundredths: number;
  readonly is_pass: boolean | null;
}

export interface ResultListed {
  readonly result_id: string;
  readonly candidate_name: string;
  readonly state: ResultState;
  readonly is_sat_again: boolean;
  readonly is_practice: boolean;
  readonly grade: GradeShown;
  readonly regrades: number;
  readonly release_at_ms: number;
  readonly released_at_ms: number | null;
  readonly reason: string;
  readonly credential_id: string;
  readonly actions: readonly string[];
}

export interface ResultsListed {
  readonly delivery_id: string;
  readonly title: string;
  readonly exam_title: string;
  readonly pass_percent: number;
  /** An auditor looks, and is offered nothing to do. */
  readonly may_release: boolean;
  readonly items: readonly ResultListed[];
}

export interface StaffMark {
  readonly mark_id: string;
  readonly slot_id: string;
  readonly role: MarkRole;
  readonly marker_id: string;
  readonly points: Readonly<Record<string, number>>;
  readonly comment: string;
  readonly is_final: boolean;
}

export interface StaffItem {
  readonly bank_id: string;
  readonly question: Question;
  readonly key: AnswerKey;
  readonly response: Response | null;
  readonly score: {
    readonly slot_id: string;
    readonly version_id: string;
    readonly earned_centipoints: number | null;
    readonly worth_centipoints: number;
    readonly grader: "key" | "people" | "nobody";
    readonly corrections: number;
    readonly is_unreadable: boolean;
  };
}

/** One candidate's result for staff; `names` are those of the accounts named in it. */
export interface ResultShown {
  readonly summary: ResultListed;
  readonly decided_by: string;
  readonly names: Readonly<Record<string, string>>;
  readonly items: readonly StaffItem[];
  readonly marks: readonly StaffMark[];
  readonly history: readonly GradeShown[];
  /** Answers came after the end, and are kept until then for a person to decide; null: there are none. */
  readonly late_kept_until_ms: number | null;
}

export interface DeliveryResults {
  readonly organisation_id: string;
  readonly delivery_id: string;
  readonly title: string;
  readonly closes_at_ms: number;
  readonly is_practice: boolean;
  readonly counts: Readonly<Partial<Record<ResultState, number>>>;
}

export interface IntervalShown {
  readonly low: number;
  readonly high: number;
}

export interface GroupCounts {
  readonly choice: string;
  readonly upper: number;
  readonly middle: number;
  readonly lower: number;
  readonly is_right: boolean;
}

export interface ItemAnalysisShown {
  readonly version_id: string;
  readonly prompt: string;
  readonly kind: string;
  readonly n: number;
  readonly omitted: number;
  readonly difficulty: number;
  readonly interval: IntervalShown;
  readonly discrimination: number | null;
  readonly upper_lower: number | null;
  /** For how many it is known how long the question stood before them. */
  readonly timed: number;
  readonly mean_seconds: number | null;
  readonly median_seconds: number | null;
  readonly choices: readonly GroupCounts[];
  readonly words: readonly string[];
}

export interface AnalysisShown {
  readonly n: number;
  readonly mean_percent: number;
  readonly sd_percent: number | null;
  readonly alpha: number | null;
  readonly is_kr20: boolean;
  readonly standard_error_percent: number | null;
  readonly pass_rate: number;
  readonly pass_interval: IntervalShown;
  readonly distribution: readonly number[];
  readonly words: readonly string[];
  readonly items: readonly ItemAnalysisShown[];
}

export interface ChoiceKey {
  readonly kind: "choice";
  readonly correct: readonly string[];
  readonly credit: "all_or_nothing" | "by_part";
}
export interface NumericKey {
  readonly kind: "numeric";
  readonly value: string;
  readonly tolerance: string;
  readonly is_relative: boolean;
}
export interface TextKey {
  readonly kind: "text";
  readonly accepted: readonly string[];
  readonly is_case_sensitive: boolean;
}
export interface OrderingKey {
  readonly kind: "ordering";
  readonly order: readonly string[];
}
export interface MatchingKey {
  readonly kind: "matching";
  readonly pairs: Readonly<Record<string, string>>;
}
export interface RubricKey {
  readonly kind: "rubric";
  readonly criteria: readonly Criterion[];
  readonly model_answer: string;
}
export type AnswerKey = ChoiceKey | NumericKey | TextKey | OrderingKey | MatchingKey | RubricKey;

export interface VersionKeyShown {
  readonly version_id: string;
  readonly rev: number;
  readonly question: Question;
  readonly key: AnswerKey;
  readonly corrections: readonly { readonly at_ms: number; readonly by: string; readonly reason: string }[];
}

export interface RegradingShown {
  readonly result_id: string;
  readonly candidate_name: string;
  readonly state: ResultState;
  readonly earned_before: number;
  readonly earned_after: number;
  readonly percent_before: number;
  readonly percent_after: number;
  readonly passed_before: boolean | null;
  readonly passed_after: boolean | null;
}

export interface RegradePreviewed {
  readonly affected: number;
  readonly to_pass: number;
  readonly to_fail: number;
  readonly changed: readonly RegradingShown[];
  /** Where the next page begins; null: that was the last. */
  readonly next_after: string | null;
}

export interface OwnItemShown {
  readonly slot_id: string;
  readonly question: Question;
  readonly response: Response | null;
  readonly earned_centipoints: number;
  readonly worth_centipoints: number;
  readonly is_unreadable: boolean;
  readonly comments: readonly string[];
  readonly key: AnswerKey | null;
  readonly rationale: string;
}

export interface OwnResultShown {
  readonly summary: {
    readonly attempt_id: string;
    readonly exam_title: string;
    readonly state: ResultState;
    readonly is_pass: boolean | null;
    readonly percent_hundredths: number | null;
    readonly credential_id: string;
    readonly reason: string;
  };
  readonly pass_percent: number | null;
  readonly earned_centipoints: number | null;
  readonly worth_centipoints: number | null;
  readonly items: readonly OwnItemShown[];
}

export interface CredentialShown {
  readonly credential_id: string;
  readonly standing: "valid" | "revoked" | "expired";
  readonly holder_name: string;
  readonly title: string;
  readonly level: string;
  readonly issued_at_ms: number;
  readonly expires_at_ms: number | null;
  readonly revoked_at_ms: number | null;
  readonly token: string;
}

/** "1.5", "2": points as people say them. */
export function sayPoints(centipoints: number): string {
  return String(centipoints / 100);
}

/** "1.5 of 2 points". */
export function sayEarned(earned: number, worth: number): string {
  return `${sayPoints(earned)} of ${sayPoints(worth)} ${worth === 100 ? "point" : "points"}`;
}

export function sayPercent(hundredths: number): string {
  return `${Math.round(hundredths) / 100} %`;
}

/** 0.5 as "50 %". */
export function sayShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}
