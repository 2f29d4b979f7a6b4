import type { RoomProps } from "./room";
import { type Milestone, sayMoney } from "./told";

/** The money of one milestone: what is held, and who gets what of it, before anybody commits to anything. */
export function PayPart({ room, milestone }: { room: RoomProps; milestone: Milestone }) {
  const { contract } = room;
  const { pay } = milestone;
  if (pay === null) return null;
  const say = (minor: number): string => sayMoney(minor, contract.currency);
  const isDivided = milestone.division !== null;
  const isShort = milestone.state === "agreed" && contract.paid_in_minor !== null && contract.paid_in_minor < milestone.minor;
  return (
    <div class="pay" data-testid="pay">
      {pay.held_minor === 0 ? null : (
        <p>
          <strong>{say(pay.held_minor)}</strong> held by this house{pay.frozen_minor === 0 ? "" : `, ${say(pay.frozen_minor)} of it frozen by the dispute`}.
        </p>
      )}
      {isDivided && pay.agent_minor === 0 ? null : (
        <p class="since">
          {isDivided ? "Released" : "All of it released"}: {say(pay.agent_minor)} to the agent, {say(pay.fee_minor)} to this house
          {isDivided || pay.fee_tax_minor === 0 ? "" : `, ${say(pay.fee_tax_minor)} of it tax`}.
        </p>
      )}
      {milestone.refusal === "" ? null : (
        <p class="asked" data-testid="refusal">
          {milestone.refusal}
        </p>
      )}
      <p class="acts">
        {isShort ? (
          <a class="button" href={`/money#${contract.organisation_id}`} data-testid="pay-in-first">
            Pay in: {say(milestone.minor - (contract.paid_in_minor ?? 0))} is missing
          </a>
        ) : null}
        {pay.account === "" || contract.side === "staff" || (contract.side === "client" && contract.paid_in_minor === null) ? null : (
          <a class="button" href={`/money#${contract.side === "client" ? `${contract.organisation_id}/` : ""}${pay.account}`}>
            Line by line<span class="unseen">: the pay of {milestone.title}</span>
          </a>
        )}
      </p>
    </div>
  );
}
