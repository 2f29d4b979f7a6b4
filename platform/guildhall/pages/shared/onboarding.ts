// What the server tells of somebody's way in (guildhall/onboarding/messages.py), and how the pages say it.
import { sayDay } from "./wording";

export type NextActor = "agent" | "reviewer" | "examiner" | "nobody";
export type Standing = "locked" | "open" | "draft" | "submitted" | "verifying" | "passed" | "failed" | "waived" | "expired";
export type StepKind = "profile" | "skills" | "documents" | "device" | "consents" | "assessment" | "payout" | "agreement";
export type Content = Readonly<Record<string, unknown>>;

export interface Next {
  readonly actor: NextActor;
  readonly says: string;
  readonly action: "" | "start" | "step" | "submit" | "resume" | "appeal";
  readonly step: string;
  readonly by_ms: number | null;
  readonly then: string;
}

export interface DocumentKind {
  readonly key: string;
  readonly title: string;
  readonly explains: string;
  readonly is_required: boolean;
  readonly expires: boolean;
}

export interface ConsentText {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly version: number;
  readonly is_required: boolean;
  readonly if_refused: string;
}

export interface DocumentShown {
  readonly document_id: string;
  readonly kind: string;
  readonly name: string;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly at_ms: number;
  readonly valid_until_ms: number | null;
}

export interface Step {
  readonly key: string;
  readonly kind: StepKind;
  readonly title: string;
  readonly explains: string;
  readonly is_required: boolean;
  readonly due: "now" | "before_first_pay";
  readonly verifier: "form" | "person" | "credential";
  readonly standing: Standing;
  readonly says: string;
  readonly next_actor: NextActor;
  readonly by_ms: number | null;
  readonly can_edit: boolean;
  readonly why_not: string;
  readonly content: Content;
  readonly documents: readonly DocumentShown[];
  readonly document_kinds: readonly DocumentKind[];
  readonly consents: readonly ConsentText[];
  readonly reason: string;
  readonly reason_code: string | null;
  readonly submitted_at_ms: number | null;
  readonly decided_at_ms: number | null;
  readonly valid_until_ms: number | null;
  readonly times_returned: number;
}

export interface Action {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly next_actor: NextActor | null;
}

export interface CapabilityShown {
  readonly capability: string;
  readonly is_given: boolean;
  readonly reason: string;
  readonly next_actor: NextActor;
  readonly by_ms: number | null;
}

export interface Passage {
  readonly at_ms: number;
  readonly event: string;
  readonly state: string;
  readonly actor: string;
  readonly step: string;
}

export interface Onboarding {
  readonly onboarding_id: string;
  readonly title: string;
  readonly state: string;
  readonly rev: number;
  readonly next: Next;
  readonly steps: readonly Step[];
  readonly future_requirements: readonly { readonly title: string; readonly from_ms: number }[];
  readonly capabilities: readonly CapabilityShown[];
  readonly allowed_actions: readonly Action[];
  readonly history: readonly Passage[];
}

export const ACTOR_WORDS: Readonly<Record<NextActor, string>> = {
  agent: "You",
  reviewer: "A reviewer",
  examiner: "The examiners",
  nobody: "Nobody",
};

export const STATE_WORDS: Readonly<Record<string, string>> = {
  not_started: "Not begun",
  in_progress: "In your hands",
  submitted: "Waiting for a reviewer",
  in_review: "Being reviewed",
  changes_requested: "Changes asked for",
  rejection_proposed: "Rejection proposed",
  completed: "Completed",
  rejected: "Turned down",
  dormant: "Resting",
};

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  locked: "Not yet open",
  open: "To do",
  draft: "Begun",
  submitted: "With a person",
  verifying: "Being marked",
  passed: "Done",
  failed: "Given back",
  waived: "Not needed",
  expired: "Run out",
};

export const STANDING_TONES: Readonly<Partial<Record<Standing, string>>> = {
  passed: "good",
  waived: "good",
  failed: "alarm",
  expired: "alarm",
};

export const REASON_WORDS: Readonly<Record<string, string>> = {
  unreadable: "Cannot be read",
  expired: "Has run out",
  wrong_document: "Is another document",
  name_differs: "Names another person",
  incomplete: "Is not complete",
  not_credible: "Is not credible",
  not_eligible: "Cannot be let in",
  forged: "Is forged",
  other: "Something else",
};

const EVENT_WORDS: Readonly<Record<string, string>> = {
  start: "Begun",
  work: "Worked on",
  submit: "Handed in",
  recall: "Taken back",
  resume: "Taken up again",
  appeal: "Appealed",
  waive_step: "Not needed any more",
  request_changes: "Changes asked for",
  approve: "Completed",
  confirm_rejection: "Turned down by two people",
  revoke: "To be reviewed again, decided by two people",
  settle_step: "Changed by an exam or by time",
  remind: "Reminded",
  go_dormant: "Laid to rest",
};

/** One line of the history. */
export function sayPassage(passage: Passage, titleOf: (step: string) => string): string {
  const words = EVENT_WORDS[passage.event] ?? passage.event;
  return passage.step === "" ? words : `${words}: ${titleOf(passage.step)}`;
}

/** "until Thu 3 Dec, 18:00", with what then happens; nothing where no clock runs. */
export function sayUntil(byMs: number | null): string {
  return byMs === null ? "" : `until ${sayDay(byMs)}`;
}

export const CAPABILITY_WORDS: Readonly<Record<string, string>> = {
  take_assessments: "Sit exams",
  apply: "Apply for work",
  accept_offers: "Accept offers",
  be_paid: "Be paid",
};
