// What crosses the two sockets on the way to a seat: the mirror of proctoring/messages/admission.py. Times are UTC milliseconds.

export type Stage = "consent" | "checks" | "photos" | "ready" | "waiting" | "in";

export type ClaimKind =
  | "tab_hidden"
  | "focus_lost"
  | "full_screen_left"
  | "copied"
  | "pasted"
  | "printed"
  | "second_screen"
  | "developer_tools"
  | "network_lost"
  | "clock_jumped";

/** What somebody chose to say of themselves, only to be counted; null: they did not. */
export interface Said {
  readonly device: "computer" | "tablet" | "phone" | null;
  readonly glasses: boolean | null;
}

export interface ConsentTold {
  readonly signal: string;
  readonly version: number;
  readonly text_hash: string;
  readonly title: string;
  readonly what: string;
  readonly without: string;
  readonly required: boolean;
  readonly given: boolean | null;
}

export interface CheckTold {
  readonly name: string;
  readonly title: string;
  readonly must_pass: boolean;
  readonly passed: boolean | null;
  readonly measured: string;
  readonly advice: string;
}

export interface DecisionTold {
  readonly outcome: "admitted" | "refused";
  readonly words: string;
  readonly note: string;
  readonly at_ms: number;
}

export interface PhotoAsked {
  readonly kind: "face" | "id_document" | "room";
  readonly taken: boolean;
  readonly advice: string;
}

export interface ScanTold {
  readonly number: number;
  readonly pictures: number;
  readonly taken: number;
}

export interface AdmissionTold {
  readonly stage: Stage;
  readonly is_practice: boolean;
  readonly needs_admission: boolean;
  readonly said: Said;
  readonly consents: readonly ConsentTold[];
  readonly checks: readonly CheckTold[];
  readonly photos: readonly PhotoAsked[];
  readonly scan: ScanTold | null;
  readonly asked_at_ms: number | null;
  readonly ahead: number;
  readonly decision: DecisionTold | null;
  readonly claims: readonly ClaimKind[];
  readonly claim_least_ms: number;
}

export interface PhotoListed {
  readonly photo_id: string;
  readonly kind: "face" | "id_document" | "room";
  readonly at_ms: number;
  readonly scan: number;
  readonly place: number;
  readonly advice: string;
}

export interface PhotosTold {
  readonly photos: readonly PhotoListed[];
  readonly scan_open: boolean;
  readonly scan_declined: boolean;
  readonly allows_scan: boolean;
}

export interface Arrival {
  readonly session_id: string;
  readonly candidate_name: string;
  readonly stage: Stage;
  readonly asked_at_ms: number | null;
  readonly failed_checks: readonly CheckTold[];
  readonly declined: readonly string[];
  readonly photos: readonly PhotoListed[];
  readonly scan_open: boolean;
  readonly allows_scan: boolean;
  readonly decision: DecisionTold | null;
}

export interface Waiting {
  readonly arrivals: readonly Arrival[];
  readonly refusals: readonly (readonly [string, string])[];
  readonly server_time_ms: number;
}
