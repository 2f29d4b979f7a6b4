// What crosses the two proctoring sockets about actions: the mirror of proctoring/messages/acting.py and of the parts of
// proctoring/model/cases.py that it carries. Times are UTC milliseconds.

export type ActionKind = "warn" | "pause" | "resume" | "extend" | "room_scan" | "terminate" | "message" | "broadcast";
export type Reason = "technical_trouble" | "candidate_asked" | "interruption" | "our_mistake" | "cleared_up" | "someone_else" | "away_from_seat" | "not_visible" | "forbidden_material" | "talking" | "another_person_sits" | "rules_broken" | "safety";
export type ActionState = "proposed" | "asked" | "due" | "delivered" | "acknowledged" | "refused" | "declined" | "superseded" | "expired";
export type SupervisionState = "unassigned" | "assigned" | "attending" | "escalated";
export type LineKind = "action" | "said" | "hand_raised" | "hand_lowered" | "note" | "flag" | "supervision";

/** One thing a proctor asked of one candidate. */
export interface Action {
  readonly id: string;
  readonly number: number;
  readonly kind: ActionKind;
  readonly state: ActionState;
  readonly by: string;
  readonly by_name: string;
  readonly reason: Reason | null;
  readonly text: string;
  readonly extra_seconds: number;
  readonly asked_at_ms: number;
  readonly expires_at_ms: number;
  readonly second_by: string;
  readonly delivered_at_ms: number | null;
  readonly acknowledged_at_ms: number | null;
  readonly refusal: string;
}

/** One line of a case's history. Every step of an action has its own. */
export interface CaseLine {
  readonly key: string;
  readonly number: number;
  readonly at_ms: number;
  readonly kind: LineKind;
  readonly by: string;
  readonly by_name: string;
  readonly text: string;
  readonly action: Action | null;
}

export interface LinesTold {
  readonly lines: readonly CaseLine[];
  /** False: ask again after the last one. */
  readonly is_whole: boolean;
}

export interface Barred {
  readonly kind: ActionKind;
  readonly why: string;
}

/** What proctors may ask, and for which reasons (with what the candidate reads); without any it needs a text. */
export interface Offer {
  readonly kind: ActionKind;
  readonly reasons: readonly (readonly [Reason, string])[];
  /** For these a second person has to agree. */
  readonly needs_second: readonly Reason[];
}

/** How things stand with one candidate. Of two, the one with the higher `rev` holds. */
export interface CaseTold {
  readonly session_id: string;
  readonly rev: number;
  readonly supervision: SupervisionState;
  readonly holder: string;
  readonly holder_name: string;
  readonly until_ms: number;
  readonly assigned_name: string;
  readonly open: readonly Action[];
  readonly hand_raised_at_ms: number | null;
  readonly unread: number;
  readonly flags: number;
  readonly looked_at_ms: number;
  readonly looked_by: string;
  readonly can_move: boolean;
  readonly barred: readonly Barred[];
}

export interface Ranked {
  readonly session_id: string;
  readonly due_at_ms: number;
  readonly is_quiet: boolean;
  readonly why: string;
}

/** Whom to look at first: the same for every proctor of the exam. */
export interface Ranking {
  readonly exam_id: string;
  readonly at_ms: number;
  readonly bound_ms: number;
  readonly order: readonly Ranked[];
}

/** The answer to `cases`. */
export interface CasesTold {
  readonly cases: readonly CaseTold[];
  readonly offers: readonly Offer[];
  /** For how long one attends without saying so again. */
  readonly lease_ms: number;
  readonly server_time_ms: number;
  /** The account that acts on this connection; "": it may look and not act. */
  readonly me: string;
}

export interface BroadcastSent {
  readonly candidates: number;
}

/** Where what was asked for stands, as far as it is still open. */
export interface Settled {
  readonly state: ActionState | null;
}
