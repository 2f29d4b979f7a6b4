import type { CaseTold } from "../shared/acting";
import type { Incident } from "../shared/messages";
import { sayCount } from "../shared/wording";

export interface Call {
  readonly kind: "proposal" | "hand" | "unread" | "help" | "attended" | "open";
  readonly words: string;
}

/** What stands on a tile about the case, the most pressing first. */
export function callsOf(told: CaseTold | undefined, me: string): readonly Call[] {
  if (told === undefined) return [];
  const calls: Call[] = [];
  if (told.open.some((action) => action.state === "proposed")) calls.push({ kind: "proposal", words: "Second person needed" });
  if (told.supervision === "escalated") calls.push({ kind: "help", words: "Help wanted" });
  if (told.hand_raised_at_ms !== null) calls.push({ kind: "hand", words: "Hand raised" });
  if (told.unread > 0) calls.push({ kind: "unread", words: sayCount(told.unread, "new message", "new messages") });
  if (told.supervision === "attending")
    calls.push({ kind: "attended", words: told.holder === me ? "You attend" : `${told.holder_name} attends` });
  const sent = told.open.filter((action) => action.state !== "proposed").length;
  if (sent > 0) calls.push({ kind: "open", words: sayCount(sent, "action open", "actions open") });
  return calls;
}

const PRESSING: ReadonlySet<Call["kind"]> = new Set(["proposal", "help", "hand", "unread"]);

/** Whether somebody must not be folded away, whatever the last ranking said: it may be a second old. */
export function isCalling(told: CaseTold | undefined, open: readonly Incident[]): boolean {
  return open.length > 0 || callsOf(told, "").some((call) => PRESSING.has(call.kind));
}
