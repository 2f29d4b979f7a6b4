// What the server tells of contracts (guildhall/gigs/messages.py), and how the page says it.
import { sayDuration } from "../shared/wording";

export type Side = "agent" | "client" | "staff";
export type Actor = Side | "both" | "system" | "nobody";

export interface ActionShown {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly next_actor: string | null;
}

export interface Next {
  readonly actor: Actor;
  readonly says: string;
  readonly by_ms: number | null;
  readonly then: string;
}

export interface Division {
  readonly agent_minor: number;
  readonly client_minor: number;
}

/** What is held, and the exact lines of what was released, or would be if all of it were. */
export interface Pay {
  readonly account: string;
  readonly held_minor: number;
  readonly frozen_minor: number;
  readonly fee_minor: number;
  readonly fee_tax_minor: number;
  readonly agent_minor: number;
}

export interface WorkFile {
  readonly sha256: string;
  readonly name: string;
  readonly size_bytes: number;
}

export interface Deliverable {
  readonly version: number;
  readonly note: string;
  readonly files: readonly WorkFile[];
  readonly at_ms: number;
  readonly sha256: string;
}

export interface Milestone {
  readonly key: string;
  readonly title: string;
  readonly minor: number;
  readonly state: string;
  readonly revisions_left: number;
  readonly draft: readonly WorkFile[];
  readonly deliverables: readonly Deliverable[];
  readonly requests: readonly { readonly version: number; readonly words: string; readonly at_ms: number }[];
  readonly auto_at_ms: number | null;
  readonly clock_left_ms: number | null;
  readonly division: Division | null;
  readonly refusal: string;
  readonly pay: Pay | null;
  readonly next: Next;
  readonly allowed_actions: readonly ActionShown[];
}

export interface Dispute {
  readonly dispute_id: string;
  readonly milestone: string;
  readonly entries: readonly string[];
  readonly opened_by: string;
  readonly reason: string;
  readonly claim: Division;
  readonly state: string;
  readonly at_ms: number;
  readonly statements: readonly { readonly by: string; readonly words: string; readonly at_ms: number }[];
  readonly proposals: readonly { readonly by: string; readonly division: Division; readonly words: string; readonly at_ms: number; readonly accepted_by: readonly string[] }[];
  readonly decision: { readonly division: Division; readonly words: string; readonly at_ms: number; readonly accepted_by: readonly string[] } | null;
  readonly next: Next;
  readonly allowed_actions: readonly ActionShown[];
}

export interface Week {
  readonly monday: string;
  readonly state: string;
  readonly entries: readonly { readonly entry_id: string; readonly started_at_ms: number; readonly minutes: number; readonly memo: string }[];
  readonly minutes: number;
  readonly cap_minutes: number;
  readonly minor: number;
  readonly queries: readonly string[];
  readonly is_covered: boolean;
  readonly cap_minor: number;
  readonly refusal: string;
  readonly auto_at_ms: number | null;
  readonly rate_minor: number;
  readonly dispute: Dispute | null;
  readonly is_parted: boolean;
  readonly undisputed_minor: number;
  readonly agent_minor: number;
  readonly allowed_actions: readonly ActionShown[];
}

export interface Reviews {
  readonly written_by: readonly string[];
  readonly readable: readonly {
    readonly by: string;
    readonly scores: Readonly<Record<string, number>>;
    readonly words: string;
    readonly reply: string;
  }[];
  readonly scores: readonly string[];
  readonly until_ms: number | null;
  readonly allowed_actions: readonly ActionShown[];
}

export interface Listed {
  readonly contract_id: string;
  readonly title: string;
  readonly client: string;
  readonly agent: string;
  readonly side: Side;
  readonly state: string;
  readonly kind: "fixed" | "hourly";
  readonly currency: string;
  readonly opened_at_ms: number;
  readonly milestones_settled: number;
  readonly milestones: number;
  readonly has_open_dispute: boolean;
  readonly next: Next;
}

export interface Work {
  readonly scope: string;
  readonly time_zone: string;
  readonly review_days: number;
  readonly notice_days: number;
  readonly rate_minor: number;
  readonly weekly_cap_minutes: number;
  readonly revisions: number;
}

export interface Contract extends Listed {
  readonly work: Work;
  readonly terms_sha256: string;
  readonly terms_version: number;
  readonly terms_before: readonly { readonly version: number; readonly work: Work; readonly terms_sha256: string; readonly until_ms: number }[];
  readonly amendment: { readonly by: string; readonly is_mine: boolean; readonly work: Work; readonly terms_sha256: string; readonly words: string; readonly at_ms: number } | null;
  readonly is_paid_outside: boolean;
  readonly organisation_id: string;
  readonly paid_in_minor: number | null;
  readonly week_minor: number;
  readonly refusal: string;
  readonly ends_at_ms: number | null;
  readonly termination_reason: string | null;
  readonly milestone_list: readonly Milestone[];
  readonly disputes: readonly Dispute[];
  readonly weeks: readonly Week[];
  readonly reviews: Reviews;
  readonly allowed_actions: readonly ActionShown[];
  readonly history: readonly { readonly at_ms: number; readonly event: string; readonly actor: string; readonly about: string; readonly words: string }[];
}

export const STATE_WORDS: Readonly<Record<string, string>> = {
  pending_funding: "Not begun",
  beginning: "Being funded",
  active: "Active",
  paused: "Paused",
  ending: "Ending",
  completed: "Completed",
  terminated: "Ended by the house",
  void: "Never begun",
  proposed: "Proposed",
  agreed: "Agreed",
  funding: "Being funded",
  funded: "Funded",
  in_progress: "In progress",
  submitted: "Handed in",
  changes_requested: "Changes asked for",
  approved: "Approved",
  disputed: "Disputed",
  settling: "Being settled",
  released: "Settled: the agent's",
  split: "Settled: divided",
  refunded: "Given back",
  cancelled: "Cancelled",
  awaiting_response: "Waits for an answer",
  evidence: "Both are heard",
  proposal: "A division is proposed",
  escalated: "This house decides",
  decision_proposed: "Waits for a second person",
  decided: "Decided",
  closed: "Closed",
  settled: "Settled",
  withdrawn: "Withdrawn",
  open: "Open",
  queried: "Asked about",
  paid: "Settled",
};

const GOOD: ReadonlySet<string> = new Set(["completed", "released", "paid", "settled"]);
const ALARM: ReadonlySet<string> = new Set(["disputed", "terminated", "queried", "changes_requested"]);

export function toneOf(state: string): string {
  return GOOD.has(state) ? "good" : ALARM.has(state) ? "alarm" : "";
}

/** "you", or who it is for whoever looks. */
export function sayActor(actor: string, side: Side): string {
  if (actor === side) return "you";
  if (actor === "both") return side === "staff" ? "both sides" : "both of you";
  return { agent: "the agent", client: "the client", staff: "this house", system: "this house" }[actor] ?? "nobody";
}

export function sayMoney(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** What was typed, in minor units; null for what is no amount. */
export function readMoney(typed: string, currency: string): number | null {
  const digits = new Intl.NumberFormat(undefined, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const amount = Number(typed.replace(",", "."));
  return typed.trim() === "" || !Number.isFinite(amount) || amount < 0 ? null : Math.round(amount * 10 ** digits);
}

export function majorOf(minor: number, currency: string): string {
  const digits = new Intl.NumberFormat(undefined, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (minor / 10 ** digits).toFixed(digits);
}

export function sayDivision(division: Division, currency: string): string {
  return `${sayMoney(division.agent_minor, currency)} for the agent, ${sayMoney(division.client_minor, currency)} back to the client`;
}

export function sayHours(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}

const DAY_MS = 86_400_000;

/** Of a clock that goes for days. */
export function sayLeft(leftMs: number): string {
  return leftMs >= 2 * DAY_MS ? `${Math.floor(leftMs / DAY_MS)} days` : sayDuration(leftMs);
}

export function sayBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
