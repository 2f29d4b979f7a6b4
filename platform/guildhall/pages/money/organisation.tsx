import { useEffect, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { Accounts } from "../shared/money/accounts";
import { Cut, IN_STATEMENTS } from "../shared/money/cut";
import { Explanation } from "../shared/money/explanation";
import { OwnInvoices } from "../shared/money/invoices";
import { Statements } from "../shared/money/statements";
import { type AccountShown, type DepositShown, type PaymentShown, sayDay, sayMoney } from "../shared/money/told";
import { PURSES, useOwners } from "../shared/organisations";
import { PageFrame } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { Claims } from "./claims";
import { ByTransfer } from "./deposit";
import { PayIn, Payments } from "./paying_in";

interface Held {
  readonly account: string;
  readonly subject: string;
  readonly minor: number;
  readonly currency: string;
  readonly held_minor: number;
  readonly frozen_minor: number;
  readonly created_at_ms: number;
}

interface MoneyShown {
  readonly accounts: readonly AccountShown[];
  readonly holds: readonly Held[];
  readonly payments: readonly PaymentShown[];
  readonly deposits: readonly DepositShown[];
  readonly cut: readonly string[];
}

/** A client's money, for whoever keeps it: what is paid in, what of it is held for which work, and why. */
export function OrganisationMoney({ api, organisation, account, times }: { api: Api; organisation: string; account: string; times: number }) {
  const at = `/v1/organisations/${organisation}/money`;
  const read = useRead<MoneyShown>(api, at);
  const owners = useOwners(api, "/v1", PURSES);
  useLooking(api, ["money", "contracts"], read.again);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => (times === 0 ? undefined : read.again()), [times]);
  const confirm = async (one: PaymentShown): Promise<void> => {
    const answer = await api.ask("POST", `/v1/money/payments/${one.payment_id}/step`);
    setProblem("problem" in answer ? answer.problem : null);
    // The provider tells what became of it a moment later.
    setTimeout(read.again, 1500);
  };
  const name = owners.value?.find((one) => one.id === organisation)?.name;
  return (
    <PageFrame title={name === undefined ? "Money" : `Money of ${name}`} nav={account === "" ? <a href="#">Your own money</a> : <a href={`#${organisation}`}>All of its money</a>} read={read} waiting="Looking…">
      {(money) =>
        account === "" ? (
          <>
            <Accounts items={money.accounts} empty="Nothing was paid in yet." prefix={`${organisation}/`} />
            <Failure problem={problem} />
            <Claims api={api} organisation={organisation} money={money} done={read.again} />
            <PayIn api={api} path={`${at}/payments`} done={read.again} />
            <ByTransfer api={api} organisation={organisation} />
            <h2>Held for work</h2>
            <Holds items={money.holds} organisation={organisation} />
            <Cut of={money.cut} name="holds" words={IN_STATEMENTS} />
            <h2>Paid in</h2>
            <Payments items={money.payments} deposits={money.deposits} confirm={(one) => void confirm(one)} />
            <Cut of={money.cut} name="payments" words={IN_STATEMENTS} />
            <Cut of={money.cut} name="deposits" words={IN_STATEMENTS} />
            <OwnInvoices api={api} organisation={organisation} />
            <Statements api={api} accounts={money.accounts} organisation={organisation} />
          </>
        ) : (
          <Explanation key={account} api={api} path={`${at}/explanation`} account={account} back={organisation} />
        )
      }
    </PageFrame>
  );
}

function Holds({ items, organisation }: { items: readonly Held[]; organisation: string }) {
  if (items.length === 0) return <p class="nothing">Nothing was held yet: fund a milestone in its contract.</p>;
  return (
    <ul class="lines" data-testid="holds">
      {items.map((one) => (
        <li key={one.account}>
          <div>
            <strong>{one.subject}</strong>
            <span class="since">
              {sayMoney(one.minor, one.currency)}, since {sayDay(one.created_at_ms)}
            </span>
            {one.frozen_minor === 0 ? null : <span class="since">{sayMoney(one.frozen_minor, one.currency)} of it stands still while it is disputed</span>}
          </div>
          <span class="amount">{one.held_minor === 0 ? "Settled" : sayMoney(one.held_minor, one.currency)}</span>
          <a class="button" href={`#${organisation}/${one.account}`} aria-label={`Why: ${one.subject}`}>
            Why?
          </a>
        </li>
      ))}
    </ul>
  );
}
