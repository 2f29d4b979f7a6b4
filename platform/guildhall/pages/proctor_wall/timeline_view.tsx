import { useState } from "preact/hooks";
import { RULE_WORDS, sayClock } from "../shared/wording";
import { IncidentLine } from "./incidents";
import { StripOf } from "./strip_of";
import { sayAction, sayLine, sayState, type Moment, type Sort } from "./timeline";
import { useNow } from "../shared/use_now";
import type { Wall } from "./wall";

const SORTS: readonly (readonly [Sort | "", string])[] = [
  ["", "Everything"],
  ["incident", "Incidents"],
  ["action", "Actions"],
  ["message", "Messages"],
  ["note", "Notes"],
];

/** All that happened with one candidate, newest first: incidents, actions and where they stand, notes, messages. */
export function Timeline(props: { wall: Wall; name: string; moments: readonly Moment[] }) {
  const { wall, name } = props;
  const [sort, setSort] = useState<Sort | "">("");
  const now = wall.clock.at(useNow(1000));
  const shown = props.moments.filter((moment) => sort === "" || moment.sort === sort);
  return (
    <section class="timeline" aria-label={`What happened with ${name}`}>
      <label class="sorts">
        <span class="unseen">Show</span>
        <select value={sort} onChange={(event) => setSort(event.currentTarget.value as Sort | "")} data-testid="timeline-sort">
          {SORTS.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {shown.length === 0 ? (
        <p class="empty">{sort === "" || sort === "incident" ? `No incidents for ${name}.` : "Nothing of this kind."}</p>
      ) : (
        <ol class="incident-list">
          {shown.map((moment) =>
            "incident" in moment ? (
              <li
                key={moment.key}
                data-testid="candidate-incident"
                data-rule={moment.incident.rule}
                data-channel={moment.incident.channel}
                data-state={moment.incident.closed_at_ms === null ? "open" : "closed"}
              >
                <IncidentLine incident={moment.incident} now={now} choose={undefined} />
                {moment.incident.channel === "claim" ? null : (
                  <StripOf wall={wall} incident={moment.incident} title={RULE_WORDS[moment.incident.rule]} />
                )}
              </li>
            ) : (
              <CaseMoment key={moment.key} moment={moment} wall={wall} />
            ),
          )}
        </ol>
      )}
    </section>
  );
}

function CaseMoment({ moment, wall }: { moment: Exclude<Moment, { incident: unknown }>; wall: Wall }) {
  const at = <time dateTime={new Date(moment.at_ms).toISOString()}>{sayClock(moment.at_ms)}</time>;
  if ("line" in moment) {
    const { line } = moment;
    return (
      <li class="moment" data-testid="moment" data-sort={moment.sort} data-kind={line.kind}>
        <strong>{sayLine(line)}</strong>
        {line.kind === "supervision" || line.text === "" ? null : <span class="text">{line.text}</span>}
        <span class="when">{at}</span>
      </li>
    );
  }
  const { action } = moment;
  const told = wall.floor.offers.find((offer) => offer.kind === action.kind)?.reasons.find(([reason]) => reason === action.reason)?.[1];
  return (
    <li class="moment" data-testid="moment" data-sort={moment.sort} data-kind={action.kind} data-state={action.state}>
      <strong>{sayAction(action)}</strong>
      {told === undefined ? null : <span class="text">{told}</span>}
      {action.text === "" ? null : <span class="text">{action.text}</span>}
      <span class="when">
        {at} <span>by {action.by_name}</span> <span class="state">{sayState(action)}</span>
      </span>
    </li>
  );
}
