import { sayDay } from "../shared/wording";
import { Acts } from "./acts";
import type { RoomProps } from "./room";
import { type Dispute, STATE_WORDS, sayActor, sayDivision, toneOf } from "./told";
import { DISPUTE_WAYS, HOURS_DISPUTE_WAYS } from "./ways";

/** One dispute, about a milestone or about hours: what is claimed, what both have said and proposed, what was decided, and what one may do. */
export function DisputePart({ room, dispute, monday = "" }: { room: RoomProps; dispute: Dispute; monday?: string }) {
  const { contract } = room;
  const isAboutHours = dispute.milestone === "";
  const title = isAboutHours ? `Disputed hours of the week of ${monday}` : (contract.milestone_list.find((one) => one.key === dispute.milestone)?.title ?? dispute.milestone);
  const at = `/v1/contracts/${contract.contract_id}/${isAboutHours ? `weeks/${monday}/dispute` : `disputes/${dispute.dispute_id}`}/actions`;
  const said = [
    ...dispute.statements.map((one) => ({ at_ms: one.at_ms, by: one.by, words: one.words, division: "" })),
    ...dispute.proposals.map((one) => ({ at_ms: one.at_ms, by: one.by, words: one.words, division: `Proposes ${sayDivision(one.division, contract.currency)}` })),
  ].sort((one, other) => one.at_ms - other.at_ms);
  return (
    <li data-testid="dispute" data-state={dispute.state}>
      <div class="head">
        {isAboutHours ? <h4>{title}</h4> : <h3>{title}</h3>}
        <span class="badge" data-tone={toneOf(dispute.state)}>
          {STATE_WORDS[dispute.state] ?? dispute.state}
        </span>
      </div>
      {dispute.next.says === "" ? null : (
        <p class="step">
          Next, {sayActor(dispute.next.actor, contract.side)}: {dispute.next.says}
          {dispute.next.by_ms === null ? "" : ` Until ${sayDay(dispute.next.by_ms)}; otherwise ${dispute.next.then}.`}
        </p>
      )}
      <p class="written">
        {capital(sayActor(dispute.opened_by, contract.side))}: {dispute.reason}
      </p>
      <p class="since">Asked for: {sayDivision(dispute.claim, contract.currency)}.</p>
      <ul class="past">
        {said.map((one, place) => (
          <li key={`${one.at_ms}/${place}`}>
            <span class="since">
              {sayDay(one.at_ms)}, {sayActor(one.by, contract.side)}
            </span>
            {one.division === "" ? null : <p>{one.division}.</p>}
            <p class="written">{one.words}</p>
          </li>
        ))}
      </ul>
      {dispute.decision === null ? null : (
        <div class="asked">
          <p>
            <strong>Decision:</strong> {sayDivision(dispute.decision.division, contract.currency)}.
          </p>
          <p class="written">{dispute.decision.words}</p>
        </div>
      )}
      <Acts
        actions={dispute.allowed_actions}
        ways={isAboutHours ? HOURS_DISPUTE_WAYS : DISPUTE_WAYS}
        about={title}
        whole={{ minor: dispute.claim.agent_minor + dispute.claim.client_minor, currency: contract.currency }}
        act={(action, given) => void room.ask("POST", at, { action, words: given.words ?? "", agent_minor: given.agent_minor ?? null })}
      />
    </li>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
