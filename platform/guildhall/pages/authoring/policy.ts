// What an exam asks of those who sit it, as its owner sets it: the mirror of proctoring/messages/policies.py. Pure.
import type { ClaimKind } from "../shared/admission";

export type Weight = "off" | "noted" | "claim" | "counts";
export interface Policy {
  readonly claims: Readonly<Partial<Record<ClaimKind, Weight>>>;
  readonly asked: readonly string[];
  readonly required: readonly string[];
  readonly checks: readonly string[];
  readonly must_pass: readonly string[];
  readonly photos: readonly string[];
  readonly allows_room_scan: boolean;
  readonly photo_hours: number;
  readonly evidence_days: number;
}
export interface SignalOffered {
  readonly signal: string;
  readonly title: string;
  readonly what: string;
  readonly without: string;
}
export interface PolicyShown {
  readonly delivery_id: string;
  readonly rev: number;
  readonly is_own: boolean;
  readonly is_proctored: boolean;
  readonly needs_admission: boolean;
  readonly policy: Policy;
  readonly usual: Policy;
  readonly signals: readonly SignalOffered[];
  readonly checks: readonly { readonly name: string; readonly title: string }[];
  readonly claims: readonly { readonly kind: ClaimKind; readonly words: string; readonly can_count: boolean }[];
}

/** How much is asked: of a signal not at all, as their choice, or as what the exam needs; of a check the same. */
export type Level = "off" | "optional" | "required";

/** What is of no use without something else that is asked. */
const RESTS_ON: Readonly<Record<string, string>> = { strips: "camera", photos: "camera", room_scan: "camera" };
export const PHOTOGRAPHED = ["face", "id_document"] as const;

export function restsOn(signal: string): string | null {
  return RESTS_ON[signal] ?? null;
}

export function signalLevel(policy: Policy, signal: string): Level {
  return levelIn(policy.asked, policy.required, signal);
}

export function checkLevel(policy: Policy, name: string): Level {
  return levelIn(policy.checks, policy.must_pass, name);
}

/** The policy with this signal asked so; what rests on one that is not asked any more goes with it. */
export function withSignal(policy: Policy, offered: PolicyShown["signals"], signal: string, level: Level): Policy {
  const order = [...offered.map((one) => one.signal), ...policy.asked];
  let [asked, required] = place(policy.asked, policy.required, order, signal, level);
  for (const [one, ground] of Object.entries(RESTS_ON)) {
    if (!asked.includes(ground)) [asked, required] = place(asked, required, order, one, "off");
  }
  // What only follows from a signal goes with it.
  const photos = !asked.includes("photos") ? [] : policy.photos.length > 0 ? policy.photos : PHOTOGRAPHED;
  return { ...policy, asked, required, photos, allows_room_scan: asked.includes("room_scan") };
}

export function withPhoto(policy: Policy, kind: string, isTaken: boolean): Policy {
  const photos = PHOTOGRAPHED.filter((one) => (one === kind ? isTaken : policy.photos.includes(one)));
  if (photos.length > 0) return { ...policy, photos };
  // Nobody is asked for photographs of nothing.
  const without = (list: readonly string[]): readonly string[] => list.filter((one) => one !== "photos");
  return { ...policy, photos, asked: without(policy.asked), required: without(policy.required) };
}

export function withCheck(policy: Policy, offered: PolicyShown["checks"], name: string, level: Level): Policy {
  const [checks, must_pass] = place(policy.checks, policy.must_pass, offered.map((one) => one.name), name, level);
  return { ...policy, checks, must_pass };
}

export function weightOf(policy: Policy, kind: ClaimKind): Weight {
  return policy.claims[kind] ?? "off";
}

export function withWeight(policy: Policy, kind: ClaimKind, weight: Weight): Policy {
  return { ...policy, claims: { ...policy.claims, [kind]: weight } };
}

/** What all of it comes to for somebody who sits the exam, a sentence each. */
export function sayForCandidate(shown: PolicyShown, policy: Policy): readonly string[] {
  const titled = (level: Level): readonly string[] =>
    shown.signals.filter((one) => signalLevel(policy, one.signal) === level).map((one) => quoted(one.title));
  const must = shown.checks.filter((one) => checkLevel(policy, one.name) === "required").map((one) => quoted(one.title));
  const advised = shown.checks.filter((one) => checkLevel(policy, one.name) === "optional").map((one) => quoted(one.title));
  const needed = titled("required");
  const chosen = titled("optional");
  const counting = policy.asked.includes("browser") ? shown.claims.filter((one) => one.can_count && weightOf(policy, one.kind) === "counts") : [];
  return [
    needed.length === 0 ? "Nothing has to be agreed to." : `To sit the exam they have to agree to: ${join(needed)}.`,
    ...(chosen.length === 0 ? [] : [`They may say no, and sit it all the same, to: ${join(chosen)}.`]),
    ...(must.length === 0 ? [] : [`Before it, this has to be good enough: ${join(must)}.`]),
    ...(advised.length === 0 ? [] : [`They are told how to do better in, and may go on regardless: ${join(advised)}.`]),
    ...(policy.photos.length === 0
      ? []
      : [
          `Who agrees to it photographs ${policy.photos.map((one) => (one === "face" ? "themselves" : "an identity document")).join(" and ")}; ${
            policy.photo_hours === 1 ? "one hour" : `${policy.photo_hours} hours`
          } after the end that is deleted, unless a review still goes on.`,
        ]),
    shown.needs_admission ? "Then a proctor lets them in, one by one." : "Then they begin by themselves.",
    policy.asked.includes("browser")
      ? counting.length === 0
        ? "What their browser notices is never more than a hint."
        : `What their browser notices is a hint; ${counting.length === 1 ? "one kind counts" : `${counting.length} kinds count`} once something else says the same.`
      : "Nothing is collected from their browser.",
    `${policy.evidence_days === 1 ? "One day" : `${policy.evidence_days} days`} after the end, what was kept of their looks is destroyed and they get a certificate, unless a review still goes on.`,
  ];
}

function levelIn(asked: readonly string[], required: readonly string[], name: string): Level {
  if (!asked.includes(name)) return "off";
  return required.includes(name) ? "required" : "optional";
}

/** Both lists with `name` in them as `level` says, in the order of `order`. */
function place(
  asked: readonly string[],
  required: readonly string[],
  order: readonly string[],
  name: string,
  level: Level,
): readonly [readonly string[], readonly string[]] {
  const put = (list: readonly string[], isIn: boolean): readonly string[] =>
    [...new Set(order)].filter((one) => (one === name ? isIn : list.includes(one)));
  return [put(asked, level !== "off"), put(required, level === "required")];
}

function quoted(title: string): string {
  return `“${title}”`;
}

function join(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
