import type { Action, ActionKind, ActionState, CaseLine } from "../shared/acting";
import type { Incident } from "../shared/messages";
import { sayDuration } from "../shared/wording";

export type Sort = "incident" | "action" | "note" | "message";

/** One thing that happened, whatever it was. */
export type Moment = { readonly key: string; readonly at_ms: number; readonly sort: Sort } & (
  | { readonly incident: Incident }
  | { readonly action: Action }
  | { readonly line: CaseLine }
);

export const KIND_WORDS: Readonly<Record<ActionKind, string>> = {
  warn: "Warning",
  pause: "Pause",
  resume: "Resume",
  extend: "More time",
  room_scan: "Room scan",
  terminate: "End the exam",
  message: "Message",
  broadcast: "Message to everybody",
};

/** As a button says it. */
export const ACT_WORDS: Readonly<Record<ActionKind, string>> = {
  ...KIND_WORDS,
  warn: "Warn",
  extend: "Give more time",
  room_scan: "Ask for a room scan",
};

export const STATE_WORDS: Readonly<Record<ActionState, string>> = {
  proposed: "Waits for a second person",
  asked: "Asked",
  due: "Asked, not on their page yet",
  delivered: "Delivered: on their page",
  acknowledged: "Acknowledged",
  refused: "Not done",
  declined: "Declined",
  superseded: "Replaced by a newer one",
  expired: "Expired",
};

const SPOKEN: ReadonlySet<ActionKind> = new Set(["message", "broadcast"]);
const LINE_SORTS = { said: "message", hand_raised: "message", hand_lowered: "message", note: "note", flag: "note", supervision: "action" } as const;

/** Everything about one candidate, newest first. An action is one moment, at its newest state, however many steps. */
export function timelineOf(incidents: readonly Incident[], lines: readonly CaseLine[], open: readonly Action[]): readonly Moment[] {
  const actions = new Map<string, Action>();
  const moments: Moment[] = incidents.map((incident) => ({ key: incident.incident_id, at_ms: incident.opened_at_ms, sort: "incident", incident }));
  for (const line of lines) {
    if (line.kind !== "action") moments.push({ key: line.key, at_ms: line.at_ms, sort: LINE_SORTS[line.kind], line });
    else if (line.action !== null) actions.set(line.action.id, line.action);
  }
  // The case is newer than its history, but what it no longer holds is settled there.
  for (const action of open) if (!isSettled(actions.get(action.id))) actions.set(action.id, action);
  for (const action of actions.values())
    moments.push({ key: action.id, at_ms: action.asked_at_ms, sort: SPOKEN.has(action.kind) ? "message" : "action", action });
  return moments.toSorted((a, b) => b.at_ms - a.at_ms || (a.key < b.key ? 1 : -1));
}

const SETTLED: ReadonlySet<ActionState> = new Set(["acknowledged", "refused", "declined", "superseded", "expired"]);

function isSettled(action: Action | undefined): boolean {
  return action !== undefined && SETTLED.has(action.state);
}

/** Where an action stands, with why where it was not done. */
export function sayState(action: Action): string {
  const words = STATE_WORDS[action.state];
  return action.refusal === "" ? words : `${words}: ${action.refusal}`;
}

export function sayAction(action: Action): string {
  return action.extra_seconds > 0 ? `${KIND_WORDS[action.kind]}, ${sayDuration(action.extra_seconds * 1000)}` : KIND_WORDS[action.kind];
}

const SUPERVISION_WORDS: Readonly<Record<string, string>> = {
  attend: "attends",
  take_over: "takes over",
  leave: "leaves",
  escalate: "asks for help",
  lapse: "was gone for too long",
};

/** A line that is no action, in a few words. */
export function sayLine(line: CaseLine): string {
  if (line.kind === "supervision") return `${line.by_name} ${SUPERVISION_WORDS[line.text] ?? `assigns ${line.text}`}`;
  if (line.kind === "hand_raised") return `${line.by_name} raises a hand`;
  if (line.kind === "hand_lowered") return line.by === "" ? `${line.by_name} lowers their hand` : `${line.by_name} lowers the hand`;
  if (line.kind === "flag") return `${line.by_name} flags for the review`;
  return line.kind === "note" ? `Note by ${line.by_name}` : line.by_name;
}
