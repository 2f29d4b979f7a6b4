// What the server tells of opportunities, applications and offers (guildhall/opportunities/messages.py), and how it is said.
export type Kind = "fixed" | "hourly";

export interface Milestone {
  readonly title: string;
  readonly minor: number;
}

export interface WorkTerms {
  readonly kind: Kind;
  readonly currency: string;
  readonly milestones: readonly Milestone[];
  readonly rate_minor: number;
  readonly weekly_cap_minutes: number;
  readonly scope: string;
  readonly time_zone: string;
  readonly review_days: number;
  readonly notice_days: number;
  readonly revisions: number;
}

export interface Action {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly next_actor: string | null;
}

export interface Next {
  readonly actor: string;
  readonly says: string;
  readonly by_ms: number | null;
  readonly then: string;
}

export interface Past {
  readonly at_ms: number;
  readonly event: string;
  readonly state: string;
  readonly actor: string;
}

export interface Offer {
  readonly offer_id: string;
  readonly parent_id: string;
  readonly by: "agent" | "client";
  readonly terms: WorkTerms;
  readonly terms_sha256: string;
  readonly pay_minor: number;
  readonly currency: string;
  readonly note: string;
  readonly state: string;
  readonly at_ms: number;
  readonly expires_at_ms: number;
}

export interface CredentialRequired {
  readonly title: string;
  readonly level: string;
  /** The exam that gives it; "" where it has to be held before. */
  readonly delivery_id: string;
}

/** An exam that an organisation may have its applicants sit. */
export interface Exam {
  readonly delivery_id: string;
  readonly exam: string;
  readonly title: string;
  readonly level: string;
  readonly closes_at_ms: number;
}

export interface Posting {
  readonly title: string;
  readonly description: string;
  readonly kind: Kind;
  readonly currency: string;
  readonly pay_from_minor: number;
  readonly pay_to_minor: number;
  readonly positions: number;
  readonly skills: readonly string[];
  readonly credentials: readonly CredentialRequired[];
  readonly questions: readonly string[];
  readonly is_blind: boolean;
  readonly closes_at_ms: number;
}

export interface Listed {
  readonly opportunity_id: string;
  readonly client: string;
  readonly state: string;
  readonly title: string;
  readonly kind: Kind;
  readonly currency: string;
  readonly pay_from_minor: number;
  readonly pay_to_minor: number;
  readonly skills: readonly string[];
  readonly positions: number;
  readonly positions_free: number;
  readonly published_at_ms: number | null;
  readonly closes_at_ms: number;
  readonly is_invited: boolean;
}

/** What both sides see of an application. */
export interface Applied {
  readonly application_id: string;
  readonly opportunity_id: string;
  readonly state: string;
  readonly applied_at_ms: number;
  readonly cover: string;
  readonly bid_minor: number;
  readonly currency: string;
  readonly answers: readonly string[];
  readonly credentials: readonly string[];
  readonly is_confirmed: boolean;
  readonly offers: readonly Offer[];
  readonly outcome: { readonly says: string; readonly text: string } | null;
  readonly assessment: { readonly missing: readonly CredentialRequired[]; readonly until_ms: number; readonly is_on_its_way: boolean } | null;
  readonly interview: { readonly text: string; readonly at_ms: number | null } | null;
  readonly contract_id: string | null;
  readonly may_talk: boolean;
  readonly next: Next;
  readonly allowed_actions: readonly Action[];
  readonly history: readonly Past[];
}

export interface Application extends Applied {
  readonly title: string;
  readonly client: string;
}

export interface Applicant extends Applied {
  readonly name: string;
  readonly is_blind: boolean;
}

export interface Seen extends Listed {
  readonly posting: Posting;
  readonly terms_version: number;
  readonly passes_missing: readonly CredentialRequired[];
  readonly application: Application | null;
  readonly allowed_actions: readonly Action[];
}

export interface Posted extends Listed {
  readonly organisation_id: string;
  readonly posting: Posting;
  readonly terms_version: number;
  readonly positions_filled: number;
  readonly positions_offered: number;
  readonly applications: Readonly<Record<string, number>>;
  readonly invited: readonly string[];
  /** Changes that wait to be looked at, or were returned; until they are published everybody reads it as it was. */
  readonly edit: { readonly posting: Posting; readonly returned_for: string } | null;
  readonly was_returned_for: string;
  readonly allowed_actions: readonly Action[];
}

/** For an administrator, before anybody else sees it, or changes of it. */
export interface OpportunityToReview extends Listed {
  readonly posting: Posting;
  /** As everybody reads it now, where these are changes of what is published. */
  readonly before: Posting | null;
  readonly waits_since_ms: number;
  readonly is_taken: boolean;
  readonly is_mine: boolean;
  readonly lease_until_ms: number | null;
  readonly was_returned_for: string;
  readonly allowed_actions: readonly Action[];
}

export const KIND_WORDS: Readonly<Record<Kind, string>> = { fixed: "Fixed price", hourly: "By the hour" };

export const POSTING_WORDS: Readonly<Record<string, string>> = {
  draft: "Draft",
  pending_review: "Being looked at",
  published: "Open",
  paused: "Paused",
  filled: "Filled",
  closed: "Closed",
  expired: "Last day over",
  removed: "Taken down",
};

export const APPLICATION_WORDS: Readonly<Record<string, string>> = {
  submitted: "Applied",
  assessment: "Exam first",
  shortlisted: "Shortlisted",
  interview: "Interview",
  offered: "Offer out",
  hired: "Hired",
  rejected: "Not chosen",
  withdrawn: "Withdrawn",
  expired: "No answer",
};

export const TONES: Readonly<Record<string, string>> = { hired: "good", published: "good", filled: "good", rejected: "alarm", removed: "alarm", expired: "alarm" };

export const OFFER_WORDS: Readonly<Record<string, string>> = {
  sent: "Open",
  accepted: "Accepted",
  declined: "Declined",
  withdrawn: "Taken back",
  expired: "Run out",
  countered: "Countered",
};

export const REASONS: Readonly<Record<string, string>> = {
  skills: "Other skills are needed",
  experience: "More experience is needed",
  pay: "The pay that was asked for",
  availability: "The time that it is needed at",
  answers: "The answers to the questions",
  chose_another: "Somebody else was chosen",
  other: "Something else",
};

export function sayPass(one: CredentialRequired): string {
  return `${one.title} ${one.level}`.trim();
}

const decimalsOf = (currency: string): number => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** "€1,234.50", as the reader's language has it. */
export function sayMoney(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const isWhole = minor % 10 ** decimals === 0;
  return new Intl.NumberFormat(undefined, { style: "currency", currency, minimumFractionDigits: isWhole ? 0 : decimals }).format(minor / 10 ** decimals);
}

/** What was typed, in minor units; 0 where it is no sum, which the server then refuses in words. */
export function readMoney(typed: string, currency: string): number {
  const sum = Number(typed.replaceAll(/[\s']/g, "").replace(",", "."));
  return /^[A-Z]{3}$/.test(currency) && Number.isFinite(sum) && sum > 0 ? Math.round(sum * 10 ** decimalsOf(currency)) : 0;
}

/** For an input: plain digits. */
export function writeMoney(minor: number, currency: string): string {
  return minor === 0 ? "" : String(minor / 10 ** decimalsOf(currency));
}

export function sayPay(one: Pick<Listed, "kind" | "currency" | "pay_from_minor" | "pay_to_minor">): string {
  const from = sayMoney(one.pay_from_minor, one.currency);
  const range = one.pay_from_minor === one.pay_to_minor ? from : `${from} to ${sayMoney(one.pay_to_minor, one.currency)}`;
  return one.kind === "hourly" ? `${range} an hour` : range;
}

export function sayTerms(terms: WorkTerms, payMinor: number): string {
  const pay = sayMoney(payMinor, terms.currency);
  if (terms.kind === "fixed") return `${pay} in ${terms.milestones.length} ${terms.milestones.length === 1 ? "milestone" : "milestones"}`;
  return `${pay} an hour, up to ${terms.weekly_cap_minutes / 60} hours a week`;
}

export function openOffer(applied: Applied): Offer | undefined {
  return applied.offers.find((one) => one.state === "sent");
}

export function may(shown: { readonly allowed_actions: readonly Action[] }, action: string): boolean {
  return shown.allowed_actions.some((one) => one.action === action && one.allowed);
}

/** Why not, where it might be thought of. */
export function whyNot(shown: { readonly allowed_actions: readonly Action[] }, action: string): string | null {
  return shown.allowed_actions.find((one) => one.action === action && !one.allowed)?.reason ?? null;
}
