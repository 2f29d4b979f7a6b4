// What waits for somebody, out of what each part of the house says of its own next step. Pure: the caller reads.
import { sayCount } from "../shared/wording";

/** One thing that somebody does next: the reader, or somebody the reader waits for. */
export interface WaitingLine {
  readonly key: string;
  /** What sort of thing it is: "Contract". */
  readonly about: string;
  readonly title: string;
  /** Whose it is beside the reader; "" where that says nothing. */
  readonly beside: string;
  readonly says: string;
  readonly byMs: number | null;
  readonly href: string;
  readonly isYours: boolean;
}

interface Next {
  readonly actor: string;
  readonly says: string;
  readonly by_ms: number | null;
}

export interface OnboardingTold {
  readonly state: string;
  readonly next: Next & { readonly step: string };
}

export interface ApplicationTold {
  readonly application_id: string;
  readonly opportunity_id: string;
  readonly title: string;
  readonly client: string;
  readonly next: Next;
}

export interface ContractTold {
  readonly contract_id: string;
  readonly title: string;
  readonly side: string;
  readonly client: string;
  readonly agent: string;
  readonly next: Next;
}

export interface PostingTold {
  readonly opportunity_id: string;
  readonly state: string;
  readonly title: string;
  readonly client: string;
  readonly closes_at_ms: number;
  readonly applications: Readonly<Record<string, number>>;
}

export interface ExamTold {
  readonly id: string;
  readonly title: string;
  readonly closes_at_ms: number;
  readonly is_practice: boolean;
  readonly may_begin: boolean;
  readonly attempts: readonly { readonly state: string }[];
}

/** What could be read; a part that could not be, or that is not for this person, is empty. */
export interface Told {
  readonly onboarding: OnboardingTold | null;
  readonly applications: readonly ApplicationTold[];
  readonly contracts: readonly ContractTold[];
  readonly postings: readonly PostingTold[];
  readonly exams: readonly ExamTold[];
  /** What an administrator should look at before it is published, counted as far as was read. */
  readonly reviews: { readonly waiting: number; readonly hasMore: boolean };
}

const OVER: ReadonlySet<string> = new Set(["submitted", "expired", "voided"]);
/** A window whose end nobody plans for is none to hurry towards. */
const ENDLESS_MS = 1000 * 86_400_000;

/** Every line, those with the nearest end first; what has no end comes after, by its title. */
export function linesOf(told: Told, nowMs: number): readonly WaitingLine[] {
  const lines = [
    ...told.applications.flatMap(application),
    ...told.contracts.flatMap(contract),
    ...told.postings.flatMap(posting),
    ...told.exams.flatMap((one) => exam(one, nowMs)),
    ...reviews(told.reviews),
  ];
  const wayIn = told.onboarding === null ? [] : onboarding(told.onboarding);
  // Who hires, or only sits an exam, need not become an agent: a way in that nobody has begun waits when nothing else does.
  if (lines.length === 0 || told.onboarding?.state !== "not_started") lines.push(...wayIn);
  return lines.toSorted((one, other) => (one.byMs ?? Infinity) - (other.byMs ?? Infinity) || one.title.localeCompare(other.title));
}

function onboarding({ next }: OnboardingTold): readonly WaitingLine[] {
  if (next.actor === "nobody") return [];
  const href = next.actor === "agent" && next.step !== "" ? `/onboarding#${next.step}` : "/onboarding";
  return [{ key: "onboarding", about: "Your way in", title: "Your onboarding", beside: "", says: next.says, byMs: next.by_ms, href, isYours: next.actor === "agent" }];
}

function application({ application_id, opportunity_id, title, client, next }: ApplicationTold): readonly WaitingLine[] {
  if (next.actor === "nobody" || next.actor === "") return [];
  const href = `/opportunities#${opportunity_id}`;
  return [{ key: application_id, about: "Application", title, beside: client, says: next.says, byMs: next.by_ms, href, isYours: next.actor === "agent" }];
}

function contract({ contract_id, title, side, client, agent, next }: ContractTold): readonly WaitingLine[] {
  if (next.actor === "nobody" || next.actor === "system") return [];
  const isYours = next.actor === side || (next.actor === "both" && side !== "staff");
  const beside = side === "agent" ? client : side === "client" ? agent : `${client} and ${agent}`;
  return [{ key: contract_id, about: side === "staff" ? "Dispute" : "Contract", title, beside, says: next.says, byMs: next.by_ms, href: `/contracts#${contract_id}`, isYours }];
}

function posting({ opportunity_id, state, title, client, closes_at_ms, applications }: PostingTold): readonly WaitingLine[] {
  const unread = applications.submitted ?? 0;
  const href = `/hiring#${opportunity_id}`;
  if (state === "draft") return [{ key: opportunity_id, about: "Posting", title, beside: client, says: "A draft, which nobody else sees: publish it, or leave it.", byMs: null, href, isYours: true }];
  if (unread === 0) return [];
  const says = `${sayCount(unread, "application waits", "applications wait")} for an answer.`;
  return [{ key: opportunity_id, about: "Posting", title, beside: client, says, byMs: closes_at_ms, href, isYours: true }];
}

function reviews({ waiting, hasMore }: Told["reviews"]): readonly WaitingLine[] {
  if (waiting === 0) return [];
  const says = hasMore ? `More than ${waiting} wait to be looked at.` : `${sayCount(waiting, "waits", "wait")} to be looked at.`;
  return [{ key: "opportunity-reviews", about: "Reviews", title: "Opportunities before they are published", beside: "", says, byMs: null, href: "/opportunity-reviews", isYours: true }];
}

function exam({ id, title, closes_at_ms, is_practice, may_begin, attempts }: ExamTold, nowMs: number): readonly WaitingLine[] {
  const isUnderWay = attempts.some((one) => !OVER.has(one.state));
  // Who has sat it once may sit it again, and need not.
  if (is_practice || (!isUnderWay && (!may_begin || attempts.length > 0))) return [];
  const byMs = closes_at_ms - nowMs > ENDLESS_MS ? null : closes_at_ms;
  const says = isUnderWay ? "You have begun it: go on." : "It is open, and you may begin.";
  return [{ key: id, about: "Exam", title, beside: "", says, byMs, href: "/exams", isYours: true }];
}
