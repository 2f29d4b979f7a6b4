import type { ComponentChildren } from "preact";
import { capital } from "./accounts";
import { type PayoutShown, sayDay, sayMoney, sayPlain } from "./told";

const TONES: Readonly<Record<string, string>> = { paid: "good", failed: "alarm", returned: "alarm", held: "alarm", paid_late: "alarm" };

/** Payouts: never waiting without why, for whom and until when. */
export function Payouts({ items, empty, withOwner, acts }: { items: readonly PayoutShown[]; empty: string; withOwner?: boolean; acts: (one: PayoutShown) => ComponentChildren }) {
  if (items.length === 0) return <p class="nothing">{empty}</p>;
  return (
    <ul class="lines" data-testid="payouts">
      {items.map((one) => (
        <li key={one.payout_id}>
          <div>
            <strong>{sayMoney(one.minor, one.currency)}</strong>
            <span class="since">
              asked for {sayDay(one.created_at_ms)}
              {withOwner ? ` by ${one.owner}` : ""}
            </span>
            {one.held_for === "" ? null : (
              <span>
                {one.held_for} {one.next_actor === "calendar" ? "It goes on by itself" : `Next: ${one.next_actor}, expected`} by {sayDay(one.expected_by_ms)}.
              </span>
            )}
            {one.state === "paid_late" ? <span>It was taken back, and the bank paid it after all. Two people of this house see to it.</span> : null}
            {one.said === "" ? null : <span>{one.said}</span>}
          </div>
          <span class="badge" data-tone={TONES[one.state]}>
            {capital(sayPlain(one.state))}
          </span>
          <span class="acts">{acts(one)}</span>
        </li>
      ))}
    </ul>
  );
}
