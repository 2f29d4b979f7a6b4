import { useEffect, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { type ClaimShown, sayDay, sayMoney } from "../shared/money/told";
import { useList } from "../shared/reading";
import { useKey } from "./paying_in";

const STATES: Readonly<Record<string, string>> = { open: "Owed", overdue: "Overdue", settling: "Being settled", settled: "Settled", dropped: "Not owed any more" };

interface ClaimsProps {
  readonly api: Api;
  readonly organisation?: string;
  /** What was read of the balance: read anew, so is this. */
  readonly money: object;
  readonly done: () => void;
}

/** What is owed after a chargeback, until when, and settling it out of the balance. Nothing where there never was any. */
export function Claims({ api, organisation = "", money, done }: ClaimsProps) {
  const list = useList<ClaimShown>(api, `/v1/money/claims${organisation === "" ? "" : `?organisation=${organisation}`}`);
  const [seen, setSeen] = useState(money);
  useEffect(() => {
    if (seen !== money) list.again();
    setSeen(money);
  }, [money]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [key, next] = useKey();
  const items = list.value ?? [];
  if (items.length === 0) return <Failure problem={list.problem} />;
  const settle = async (one: ClaimShown): Promise<void> => {
    const answer = await api.ask<ClaimShown>("POST", `/v1/money/claims/${one.claim_id}/actions`, { action: "settle" }, undefined, `${key}-${one.claim_id}`);
    setProblem("problem" in answer ? answer.problem : null);
    next();
    done();
  };
  return (
    <section aria-labelledby="claims">
      <h2 id="claims">Owed after chargebacks</h2>
      <p class="hint">A bank took back what was paid in by card, and it was used already. It is settled out of the balance: pay in as much first.</p>
      <ul class="lines" data-testid="claims">
        {items.map((one) => (
          <li key={one.claim_id} data-state={one.state}>
            <div>
              <strong>{STATES[one.state] ?? one.state}</strong>
              <span class="since">
                charged back {sayDay(one.created_at_ms)}
                {one.state === "open" || one.state === "overdue" ? `, due ${sayDay(one.due_at_ms)}` : ""}
              </span>
              {one.refusal === "" ? null : <span class="since">{one.refusal}</span>}
            </div>
            <span class="amount">{sayMoney(one.minor, one.currency)}</span>
            {one.actions.some((action) => action.event === "settle" && action.allowed) ? (
              <button type="button" onClick={() => void settle(one)} aria-label={`Settle ${sayMoney(one.minor, one.currency)}`}>
                Settle
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {list.hasMore ? (
        <p class="acts">
          <button type="button" onClick={list.more} data-testid="more-claims">
            Show older ones
          </button>
        </p>
      ) : null}
      <Failure problem={problem ?? list.problem} />
    </section>
  );
}
