import { useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Card, Channel, Incident } from "../shared/messages";
import type { ServerClock } from "../shared/server_clock";
import { useNow } from "../shared/use_now";
import { CHANNEL_WORDS, RULE_WORDS, sayClock, sayCorroborated, sayDuration } from "../shared/wording";
import { filtered, type IncidentFilter } from "./incident_book";

const EVERYTHING: IncidentFilter = { sessionId: null, channel: null };

/** What has happened, newest first, with a filter by candidate and by kind. */
export function IncidentPanel(props: {
  incidents: readonly Incident[];
  cards: ReadonlyMap<string, Card>;
  clock: ServerClock;
  choose: (sessionId: string) => void;
}) {
  const [filter, setFilter] = useState(EVERYTHING);
  const shown = filtered(props.incidents, filter);
  const names = [...props.cards.values()].toSorted((a, b) => a.candidate_name.localeCompare(b.candidate_name));
  return (
    <section class="incidents" id="incidents" aria-labelledby="incidents-title" tabIndex={-1}>
      <header>
        <h2 id="incidents-title">Incidents</h2>
        <label>
          <span class="unseen">Candidate</span>
          <select
            value={filter.sessionId ?? ""}
            onChange={(event) => setFilter({ ...filter, sessionId: event.currentTarget.value || null })}
          >
            <option value="">Everyone</option>
            {names.map((card) => (
              <option key={card.session_id} value={card.session_id}>
                {card.candidate_name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="unseen">Kind</span>
          <select
            value={filter.channel ?? ""}
            onChange={(event) => setFilter({ ...filter, channel: (event.currentTarget.value || null) as Channel | null })}
          >
            <option value="">Every kind</option>
            <option value="behaviour">{CHANNEL_WORDS.behaviour}</option>
            <option value="visibility">{CHANNEL_WORDS.visibility}</option>
            <option value="please_check">{CHANNEL_WORDS.please_check}</option>
            <option value="claim">{CHANNEL_WORDS.claim}</option>
          </select>
        </label>
      </header>
      {shown.length === 0 ? (
        <p class="empty">
          {props.incidents.length === 0 ? "Nothing has happened. That is how it should be." : "Nothing matches this filter."}
        </p>
      ) : (
        <IncidentList incidents={shown} clock={props.clock} choose={props.choose} />
      )}
    </section>
  );
}

export function IncidentList(props: {
  incidents: readonly Incident[];
  clock: ServerClock;
  choose?: (sessionId: string) => void;
}) {
  const now = props.clock.at(useNow(1000));
  return (
    <ol class="incident-list">
      {props.incidents.map((incident) => (
        <li
          key={incident.incident_id}
          data-testid={props.choose === undefined ? "candidate-incident" : "incident"}
          data-incident-id={incident.incident_id}
          data-session-id={incident.session_id}
          data-rule={incident.rule}
          data-channel={incident.channel}
          data-state={incident.closed_at_ms === null ? "open" : "closed"}
        >
          <IncidentLine incident={incident} now={now} choose={props.choose} />
        </li>
      ))}
    </ol>
  );
}

export function IncidentLine(props: { incident: Incident; now: number; choose: ((sessionId: string) => void) | undefined }) {
  const { incident, now, choose } = props;
  const content = (
    <>
      <span class="mark">
        <Icon name={incident.channel === "behaviour" ? "alert" : "unseen"} />
      </span>
      <span class="what">
        <span class="first">
          {choose === undefined ? null : <strong>{incident.candidate_name}</strong>}
          <span class="rule">{RULE_WORDS[incident.rule]}</span>
        </span>
        <span class="reason">
          {incident.reason} {sayCorroborated(incident.corroborated_by)}
        </span>
        <span class="when">
          <time dateTime={new Date(incident.opened_at_ms).toISOString()}>{sayClock(incident.opened_at_ms)}</time>
          {incident.closed_at_ms === null ? (
            <span class="now">now, for {sayDuration(now - incident.opened_at_ms)}</span>
          ) : (
            <span>lasted {sayDuration(incident.closed_at_ms - incident.opened_at_ms)}</span>
          )}
          <span class="channel">{CHANNEL_WORDS[incident.channel]}</span>
        </span>
      </span>
    </>
  );
  return choose === undefined ? (
    <div class="incident">{content}</div>
  ) : (
    <button type="button" class="incident" onClick={() => choose(incident.session_id)}>
      {content}
    </button>
  );
}
