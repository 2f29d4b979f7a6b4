// What authors send and get: the mirror of assessments/messages/{authoring,deliveries,exchange}.py. Points are hundredths.
import type { Question, SectionShown, SlotShown } from "../shared/exam";

export type Credit = "all_or_nothing" | "by_part";
export interface Criterion {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly centipoints: number;
}
export type Key =
  | { readonly kind: "choice"; readonly correct: readonly string[]; readonly credit: Credit }
  | { readonly kind: "numeric"; readonly value: string; readonly tolerance: string; readonly is_relative: boolean }
  | { readonly kind: "text"; readonly accepted: readonly string[]; readonly is_case_sensitive: boolean }
  | { readonly kind: "ordering"; readonly order: readonly string[]; readonly credit: Credit }
  | { readonly kind: "matching"; readonly pairs: Readonly<Record<string, string>>; readonly credit: Credit }
  | { readonly kind: "rubric"; readonly criteria: readonly Criterion[]; readonly model_answer: string };
/** `shuffles` is the author's to say, and no candidate's to see. */
export type Asked = Question & { readonly shuffles?: boolean };
export interface ItemContent {
  readonly question: Asked;
  readonly key: Key;
  readonly rationale: string;
}
export interface Flaw {
  readonly path: string;
  readonly sentence: string;
}
export type PublishingState = "draft" | "published" | "retired";
export interface ActionShown {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
}
export interface Bank {
  readonly bank_id: string;
  readonly organisation_id: string;
  readonly name: string;
  readonly description: string;
  readonly is_archived: boolean;
  readonly items: Readonly<Partial<Record<PublishingState, number>>>;
  readonly rev: number;
}
export interface ItemListed {
  readonly item_id: string;
  readonly name: string;
  readonly kind: Question["kind"];
  readonly prompt: string;
  readonly tags: readonly string[];
  readonly difficulty: number;
  readonly state: PublishingState;
  readonly versions: number;
  readonly is_draft_published: boolean;
}
export interface ItemWanted {
  readonly name: string;
  readonly content: ItemContent;
  readonly tags: readonly string[];
  readonly difficulty: number;
}
export interface ItemShown extends ItemWanted {
  readonly item_id: string;
  readonly bank_id: string;
  readonly state: PublishingState;
  readonly versions: readonly string[];
  readonly is_draft_published: boolean;
  readonly flaws: readonly Flaw[];
  readonly actions: readonly ActionShown[];
  readonly rev: number;
}
export interface ItemVersion {
  readonly version_id: string;
  readonly published_at_ms: number;
  readonly differences: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[];
  readonly corrections: readonly { readonly at_ms: number; readonly reason: string }[];
}
export interface PicturePut {
  readonly blob_id: string;
  readonly width_px: number;
  readonly height_px: number;
}
export type Source =
  | { readonly kind: "fixed"; readonly item_ids: readonly string[] }
  | {
      readonly kind: "draw";
      readonly bank_id: string;
      readonly count: number;
      readonly tags: readonly string[];
      readonly least_difficulty: number;
      readonly most_difficulty: number;
    };
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly instructions: string;
  readonly sources: readonly Source[];
  readonly centipoints_each: number;
  readonly penalty_centipoints: number;
  readonly shuffles_items: boolean;
  readonly shuffles_choices: boolean;
}
export interface ExamPlan {
  readonly title: string;
  readonly instructions: string;
  readonly duration_seconds: number;
  readonly sections: readonly Section[];
  readonly pass_percent: number;
  readonly marking: { readonly markers: number; readonly is_anonymous: boolean; readonly tolerance_percent: number };
  readonly release: "at_once" | "after_window" | "by_hand";
  readonly feedback: "total" | "items" | "keys";
  readonly is_proctored: boolean;
  readonly needs_admission: boolean;
  readonly is_navigation_free: boolean;
  readonly credential_title: string;
  readonly credential_level: string;
  readonly credential_months: number;
}
export interface SourceMatched {
  readonly path: string;
  readonly count: number;
  readonly found: number;
}
export interface ExamChecked {
  readonly flaws: readonly Flaw[];
  readonly sources: readonly SourceMatched[];
}
export interface ExamShown extends ExamChecked {
  readonly exam_id: string;
  readonly organisation_id: string;
  readonly plan: ExamPlan;
  readonly state: PublishingState;
  readonly versions: readonly string[];
  readonly is_draft_published: boolean;
  readonly actions: readonly ActionShown[];
  readonly rev: number;
}
export interface ExamListed {
  readonly exam_id: string;
  readonly organisation_id: string;
  readonly title: string;
  readonly state: PublishingState;
  readonly newest_version: string | null;
  readonly is_draft_published: boolean;
  readonly is_proctored: boolean;
  readonly duration_seconds: number;
}
export interface PreviewShown {
  readonly seed: string;
  readonly title: string;
  readonly instructions: string;
  readonly sections: readonly SectionShown[];
  readonly slots: readonly SlotShown[];
}
export interface DeliveryListed {
  readonly delivery_id: string;
  readonly organisation_id: string;
  readonly exam_version_id: string;
  readonly title: string;
  readonly opens_at_ms: number;
  readonly closes_at_ms: number;
  readonly is_practice: boolean;
  readonly is_cancelled: boolean;
}
export interface DeliveryShown extends DeliveryListed {
  readonly exam_title: string;
  readonly attempts_allowed: number;
  readonly is_proctored: boolean;
  readonly warnings: readonly string[];
  readonly rev: number;
}
export interface Accommodation {
  readonly extra_time_percent: number;
  readonly break_seconds: number;
  readonly muted_signals: readonly string[];
  readonly note: string;
}
export interface InvitationListed {
  readonly invitation_id: string;
  readonly name: string;
  readonly email: string;
  readonly has_come: boolean;
  readonly attempts: number;
  readonly is_withdrawn: boolean;
  readonly accommodation: Accommodation;
  readonly exceptions: readonly string[];
  readonly rev: number;
}
export interface RosterTaken {
  readonly invited: readonly InvitationListed[];
  readonly already: readonly InvitationListed[];
  readonly refused: readonly { readonly line: number; readonly text: string; readonly reason: string }[];
}
export interface ImportReport {
  readonly is_kept: boolean;
  readonly already: number;
  readonly items: readonly { readonly where: string; readonly name: string; readonly flaws: number; readonly left_out: readonly string[] }[];
  readonly problems: readonly { readonly where: string; readonly line: number | null; readonly path: string; readonly sentence: string }[];
}

export const KIND_WORDS: Readonly<Record<Question["kind"], string>> = {
  single_choice: "Single choice",
  multiple_choice: "Multiple choice",
  numeric: "Number",
  short_text: "Short text",
  long_text: "Long text",
  ordering: "Ordering",
  matching: "Matching",
  file_upload: "File upload",
  code: "Code",
};
export const STATE_WORDS: Readonly<Record<PublishingState, string>> = {
  draft: "Draft",
  published: "Published",
  retired: "Retired",
};

/** An entry of the audit log about what is shown. */
export interface ChangeShown {
  readonly number: number;
  readonly hash: string;
  readonly at_ms: number;
  readonly by: string;
  readonly by_name: string;
  readonly action: string;
  readonly object_id: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}
