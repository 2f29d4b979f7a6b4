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
