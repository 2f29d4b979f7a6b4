import type { Action, CaseLine, CaseTold, Ranking } from "../../../../platform/guildhall/pages/shared/acting";
import type { Card, Entry, Incident } from "../../../../platform/guildhall/pages/shared/messages";

export function incident(changes: Partial<Incident> = {}): Incident {
  return {
    incident_id: "inc_1",
    session_id: "ses_1",
    candidate_name: "Ada",
    rule: "absent",
    channel: "behaviour",
    opened_at_ms: 1000,
    closed_at_ms: null,
    rule_version: "",
    corroborated_by: [],
    reason: "Nobody has been in view for 3 seconds.",
    ...changes,
  };
}

export function entry(number: number, about: Incident = incident()): Entry {
  const kind = about.closed_at_ms === null ? "incident_opened" : "incident_closed";
  return { number, at_ms: 1000 + number, kind, incident: about };
}

export function card(session_id: string, changes: Partial<Card> = {}): [string, Card] {
  const calm = { state: "live", faces: 1, since_ms: 0, check_in: "accepted", quality: 0.9, signals_off: [] } as const;
  return [session_id, { session_id, candidate_name: session_id, ...calm, ...changes }];
}

export const numbers = (entries: readonly Entry[]): number[] => entries.map((each) => each.number);

export function told(changes: Partial<CaseTold> = {}): CaseTold {
  return {
    session_id: "ses_1",
    rev: 1,
    supervision: "unassigned",
    holder: "",
    holder_name: "",
    until_ms: 0,
    assigned_name: "",
    open: [],
    hand_raised_at_ms: null,
    unread: 0,
    flags: 0,
    looked_at_ms: 0,
    looked_by: "",
    can_move: true,
    barred: [],
    ...changes,
  };
}

export function action(changes: Partial<Action> = {}): Action {
  return {
    id: "a1",
    number: 1,
    kind: "warn",
    state: "due",
    by: "usr_g",
    by_name: "Grace",
    reason: "talking",
    text: "",
    extra_seconds: 0,
    asked_at_ms: 2000,
    expires_at_ms: 9000,
    second_by: "",
    delivered_at_ms: null,
    acknowledged_at_ms: null,
    refusal: "",
    ...changes,
  };
}

export function line(number: number, changes: Partial<CaseLine> = {}): CaseLine {
  return { key: `l${number}`, number, at_ms: 1000 + number, kind: "note", by: "usr_g", by_name: "Grace", text: "", action: null, ...changes };
}

/** Names in the order to look at; those after `quiet` are quiet. */
export function ranking(loud: readonly string[], quiet: readonly string[] = []): Ranking {
  const place = (is_quiet: boolean) => (session_id: string) => ({ session_id, due_at_ms: 1, is_quiet, why: "" });
  return { exam_id: "exam", at_ms: 1, bound_ms: 1, order: [...loud.map(place(false)), ...quiet.map(place(true))] };
}
