// What the candidate's socket says of proctors' actions: the mirror of the candidate's part of proctoring/messages/acting.py.
// Times are UTC milliseconds.

export type ActionKind = "warn" | "pause" | "resume" | "extend" | "room_scan" | "terminate" | "message" | "broadcast";
export type Reason = "technical_trouble" | "candidate_asked" | "interruption" | "our_mistake" | "cleared_up" | "someone_else" | "away_from_seat" | "not_visible" | "forbidden_material" | "talking" | "another_person_sits" | "rules_broken" | "safety";

/** Comes again and again until the page says that it has it; known again by its id. */
export interface ActionTold {
  readonly action_id: string;
  readonly number: number;
  readonly kind: ActionKind;
  readonly reason: Reason | null;
  readonly text: string;
  readonly extra_seconds: number;
  readonly by_name: string;
  readonly asked_at_ms: number;
  readonly is_delivered: boolean;
}

export interface Saying {
  readonly key: string;
  readonly at_ms: number;
  readonly is_candidate: boolean;
  readonly name: string;
  readonly text: string;
}

/** Of two, the one with the higher `rev` holds. */
export interface ConversationTold {
  readonly session_id: string;
  readonly rev: number;
  readonly sayings: readonly Saying[];
  readonly hand_raised_at_ms: number | null;
}

/** Candidate -> server: the page has it (`delivered`), the person has taken note (`acknowledged`). */
export interface ActionNoted {
  readonly action_id: string;
  readonly state: "delivered" | "acknowledged";
}

/** Candidate -> server: a line to the proctors. `key` stays the same however often it is sent. */
export interface Said {
  readonly key: string;
  readonly text: string;
}

export interface HandMoved {
  readonly key: string;
  readonly is_up: boolean;
}
