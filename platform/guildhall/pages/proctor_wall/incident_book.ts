import type { Channel, Entry, Incident } from "../shared/messages";

/** Above this many, the oldest closed incidents leave the page (not the server). */
export const SHOWN_INCIDENTS = 500;

export interface IncidentBook {
  /** Newest first. */
  readonly incidents: readonly Incident[];
  /** The incidents that go on now, by session. */
  readonly openBySession: ReadonlyMap<string, readonly Incident[]>;
}

export const EMPTY_BOOK: IncidentBook = { incidents: [], openBySession: new Map() };

/** Everything still open according to the server, under everything known. */
export function withOpen(book: IncidentBook, open: readonly Incident[]): IncidentBook {
  const known = new Set(book.incidents.map((incident) => incident.incident_id));
  return bookOf([...book.incidents, ...open.filter((incident) => !known.has(incident.incident_id))]);
}

/** The book after these entries, which are applied in order; a closed incident never opens again. */
export function withEntries(book: IncidentBook, entries: readonly Entry[]): IncidentBook {
  if (entries.length === 0) return book;
  const byId = new Map(book.incidents.map((incident) => [incident.incident_id, incident]));
  for (const { incident } of entries) {
    // A claim may be corroborated after it has ended.
    if (byId.get(incident.incident_id)?.closed_at_ms == null || incident.closed_at_ms !== null) byId.set(incident.incident_id, incident);
  }
  return bookOf([...byId.values()]);
}

export interface IncidentFilter {
  readonly sessionId: string | null;
  readonly channel: Channel | null;
}

export function filtered(incidents: readonly Incident[], filter: IncidentFilter): readonly Incident[] {
  return incidents.filter(
    (incident) =>
      (filter.sessionId === null || incident.session_id === filter.sessionId) &&
      (filter.channel === null || incident.channel === filter.channel),
  );
}

function bookOf(unordered: readonly Incident[]): IncidentBook {
  const ordered = unordered.toSorted(
    (a, b) => b.opened_at_ms - a.opened_at_ms || (a.incident_id < b.incident_id ? 1 : -1),
  );
  const openBySession = new Map<string, Incident[]>();
  for (const incident of ordered) {
    if (incident.closed_at_ms !== null) continue;
    const open = openBySession.get(incident.session_id);
    if (open === undefined) openBySession.set(incident.session_id, [incident]);
    else open.push(incident);
  }
  const incidents = ordered.filter((incident, place) => place < SHOWN_INCIDENTS || incident.closed_at_ms === null);
  return { incidents, openBySession };
}
