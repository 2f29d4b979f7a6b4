// What crosses HTTP about a candidate's exams: the mirror of assessments/messages/attempts.py and of the own results and
// credentials in messages/results.py. Times are UTC milliseconds.
import type { AttemptState, ReceiptShown } from "./exam";

export interface AttemptListed {
  readonly id: string;
  readonly exam_title: string;
  readonly number: number;
  readonly is_practice: boolean;
  readonly state: AttemptState;
  readonly state_since_ms: number;
  readonly left_ms: number;
  readonly started_at_ms: number | null;
  readonly over_at_ms: number | null;
  readonly receipt: ReceiptShown | null;
}

/** One exam that may be sat; `reason` says why not, where it may not be begun now. */
export interface InvitationListed {
  readonly id: string;
  readonly delivery_id: string;
  readonly title: string;
  readonly opens_at_ms: number;
  readonly closes_at_ms: number;
  readonly is_practice: boolean;
  readonly attempts_allowed: number;
  readonly extra_time_percent: number;
  readonly break_seconds: number;
  readonly may_begin: boolean;
  readonly reason: string;
  readonly attempts: readonly AttemptListed[];
}

export interface MyExams {
  readonly server_time_ms: number;
  readonly invitations: readonly InvitationListed[];
  /** Attempts without an invitation, such as those of the demo. */
  readonly others: readonly AttemptListed[];
}

export interface ExamDoor {
  readonly url: string;
  readonly attempt_id: string;
  readonly exam_token: string;
}

export interface OwnResultListed {
  readonly attempt_id: string;
  readonly exam_title: string;
  readonly state: "marking" | "reconciling" | "marked" | "held" | "released" | "withheld";
  readonly released_at_ms: number | null;
  readonly is_pass: boolean | null;
  readonly percent_hundredths: number | null;
  readonly credential_id: string;
  readonly reason: string;
}

export interface OwnCredential {
  readonly credential_id: string;
  readonly title: string;
  readonly level: string;
  readonly issued_at_ms: number;
  readonly expires_at_ms: number | null;
  /** "valid", "expired" or "revoked". */
  readonly standing: string;
}
