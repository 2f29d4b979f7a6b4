// What crosses the exam's socket and its HTTP twin: the mirror of assessments/messages/sitting.py and of the parts of
// assessments/model that it carries. Times are UTC milliseconds; points are hundredths.
import type { Problem } from "./messages";

export interface Picture {
  readonly blob_id: string;
  readonly alt: string;
  readonly width_px: number;
  readonly height_px: number;
}

/** Plain text: an empty line begins a paragraph, backticks mark code. */
export interface Prompt {
  readonly text: string;
  readonly pictures: readonly Picture[];
}

export interface Choice {
  readonly id: string;
  readonly text: string;
  readonly picture: Picture | null;
}

export interface ChoiceQuestion {
  readonly kind: "single_choice";
  readonly prompt: Prompt;
  readonly choices: readonly Choice[];
}
export interface ChoicesQuestion {
  readonly kind: "multiple_choice";
  readonly prompt: Prompt;
  readonly choices: readonly Choice[];
  readonly choose_most: number | null;
}
export interface NumericQuestion {
  readonly kind: "numeric";
  readonly prompt: Prompt;
  readonly unit: string;
}
export interface ShortTextQuestion {
  readonly kind: "short_text";
  readonly prompt: Prompt;
  readonly characters_max: number;
}
export interface LongTextQuestion {
  readonly kind: "long_text";
  readonly prompt: Prompt;
  readonly words_advised: number | null;
  readonly characters_max: number;
}
export interface CodeQuestion {
  readonly kind: "code";
  readonly prompt: Prompt;
  readonly language: string;
  readonly starter: string;
  readonly characters_max: number;
}
export interface OrderingQuestion {
  readonly kind: "ordering";
  readonly prompt: Prompt;
  readonly parts: readonly Choice[];
}
export interface MatchingQuestion {
  readonly kind: "matching";
  readonly prompt: Prompt;
  readonly left: readonly Choice[];
  readonly right: readonly Choice[];
}
export interface FileQuestion {
  readonly kind: "file_upload";
  readonly prompt: Prompt;
  readonly content_types: readonly string[];
  readonly files_most: number;
  readonly bytes_most: number;
}
export type WrittenQuestion = NumericQuestion | ShortTextQuestion | LongTextQuestion | CodeQuestion;
export type Question =
  | ChoiceQuestion
  | ChoicesQuestion
  | WrittenQuestion
  | OrderingQuestion
  | MatchingQuestion
  | FileQuestion;

export interface UploadedFile {
  readonly file_id: string;
  readonly name: string;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly sha256: string;
}

export interface Chosen {
  readonly kind: "chosen";
  readonly chosen: readonly string[];
}
export interface Written {
  readonly kind: "written";
  readonly text: string;
}
export interface Ordered {
  readonly kind: "ordered";
  readonly order: readonly string[];
}
export interface Matched {
  readonly kind: "matched";
  readonly pairs: Readonly<Record<string, string>>;
}
export interface Filed {
  readonly kind: "filed";
  readonly files: readonly UploadedFile[];
}
export type Response = Chosen | Written | Ordered | Matched | Filed;

/**
 * `based_on`: the number of the slot's stored answer that this one was written over; 0: none. `follows`: the key of it
 * where its number is not known yet.
 */
export interface AnswerGiven {
  readonly key: string;
  readonly slot_id: string;
  readonly response: Response | null;
  readonly flagged: boolean;
  readonly based_on: number;
  readonly follows: string | null;
  readonly client_at_ms: number;
  /** How long the question stood on the screen since the page's last answer to it. */
  readonly spent_ms: number;
}

/** What is stored for a slot. */
export interface AnswerShown {
  readonly slot_id: string;
  readonly response: Response | null;
  readonly flagged: boolean;
  readonly number: number;
  readonly hash: string;
  readonly at_ms: number;
}

/** One answer is on disk. Not `in_force`: another page's answer, `instead`, had come before it and stands. */
export interface Receipted {
  readonly key: string;
  readonly number: number;
  readonly hash: string;
  readonly at_ms: number;
  readonly in_force: boolean;
  readonly instead: AnswerShown | null;
  readonly is_late: boolean;
}
export interface AnswerRefused {
  readonly key: string;
  readonly problem: Problem;
}
export type Outcome = Receipted | AnswerRefused;
export interface AnswersTaken {
  readonly outcomes: readonly Outcome[];
  readonly server_time_ms: number;
}

export type AttemptState =
  | "created"
  | "checked_in"
  | "awaiting"
  | "authorised"
  | "running"
  | "paused"
  | "on_break"
  | "submitted"
  | "expired"
  | "voided";

export interface ActionShown {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
}

export interface CreditShown {
  readonly kind: "outage" | "pause" | "break" | "reopening" | "extension";
  readonly began_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly credited_ms: number;
  readonly reason: string;
}

/** The server's clock for the attempt; `deadline_ms` is null while it stands or has not begun. */
export interface ClockShown {
  readonly server_time_ms: number;
  readonly is_running: boolean;
  readonly started_at_ms: number | null;
  readonly deadline_ms: number | null;
  readonly left_ms: number;
  readonly budget_ms: number;
  readonly break_ms_left: number;
  readonly credits: readonly CreditShown[];
}

/** Server -> candidate: the state or the time left is another now. */
export interface ClockChanged {
  readonly state: AttemptState;
  readonly actions: readonly ActionShown[];
  readonly clock: ClockShown;
  readonly reason: string;
}

export interface SlotShown {
  readonly id: string;
  readonly section_id: string;
  readonly question: Question;
  readonly centipoints: number;
  readonly penalty_centipoints: number;
}

export interface SectionShown {
  readonly id: string;
  readonly title: string;
  readonly instructions: string;
}

/** A section of an attempt. Of an exam that goes forwards only, one is `open`; the others show no questions. */
export interface SectionSat extends SectionShown {
  readonly standing: "open" | "left" | "later";
  readonly questions: number;
  readonly answered: number;
}

export interface ReceiptShown {
  readonly attempt_id: string;
  readonly number: number;
  readonly hash: string;
  readonly at_ms: number;
}

/** Server -> candidate after connecting and at each turn of state. `slots` are empty before the clock has started. */
export interface AttemptShown {
  readonly attempt_id: string;
  readonly exam_title: string;
  readonly candidate_name: string;
  readonly number: number;
  readonly is_practice: boolean;
  readonly is_proctored: boolean;
  readonly is_navigation_free: boolean;
  readonly instructions: string;
  readonly duration_ms: number;
  readonly questions: number;
  readonly state: AttemptState;
  readonly actions: readonly ActionShown[];
  readonly clock: ClockShown;
  readonly sections: readonly SectionSat[];
  readonly slots: readonly SlotShown[];
  readonly answers: readonly AnswerShown[];
  readonly epoch: number;
  readonly receipt: ReceiptShown | null;
}

export interface Acted {
  readonly attempt: AttemptShown;
}

export interface ClockTold {
  readonly sent_at_ms: number;
  readonly server_time_ms: number;
}
