import { sayDay } from "../shared/wording";
import { Acts } from "./acts";
import type { RoomProps } from "./room";
import { type Dispute, STATE_WORDS, sayActor, sayDivision, toneOf } from "./told";
import { DISPUTE_WAYS } from "./ways";

/** One dispute: what is claimed, what both have said and proposed, what was decided, and what one may do. */
export function DisputePart({ room, dispute }: { room: RoomProps; dispute: Dispute }) {
  const { contract } = room;
  const milestone = contract.milestone_list.find((one) => one.key === dispute.milestone);
  const said = [
    ...dispute.statements.map((one) => ({ at_ms: one.at_ms, by: one.by, words: one.words, division: "" })),
    ...dispute.proposals.map((one) => ({ at_ms: one.at_ms, by: one.by, words: one.words, division: `Proposes ${sayDivision(one.division, contract.currency)}` })),
  ].sort((one, other) => one.at_ms - other.at_ms);
  return (
    <li data-testid="dispute" data-state={dispute.state}>
      <div class="head">
        <h3>{milestone?.title ?? dispute.milestone}</h3>
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
        ways={DISPUTE_WAYS}
        about={milestone?.title ?? ""}
        whole={{ minor: milestone?.minor ?? 0, currency: contract.currency }}
        act={(action, given) => void room.ask("POST", `/v1/contracts/${contract.contract_id}/disputes/${dispute.dispute_id}/actions`, { action, words: given.words ?? "", agent_minor: given.agent_minor ?? null })}
      />
    </li>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
