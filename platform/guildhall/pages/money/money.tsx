import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { Problem } from "../shared/messages";
import { Accounts } from "../shared/money/accounts";
import { Cut, IN_STATEMENTS } from "../shared/money/cut";
import { Explanation } from "../shared/money/explanation";
import { OwnInvoices } from "../shared/money/invoices";
import { Payouts } from "../shared/money/payouts";
import { Statements } from "../shared/money/statements";
import { type AccountShown, type DepositShown, type PaymentShown, type PayoutShown, readMinor } from "../shared/money/told";
import { PURSES, useOwners } from "../shared/organisations";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { Claims } from "./claims";
import { ByTransfer } from "./deposit";
import { OrganisationMoney } from "./organisation";
import { Choice, CURRENCY, NO_AMOUNT, PayIn, Payments, useKey } from "./paying_in";
import "./money.css";

interface MoneyShown {
  readonly accounts: readonly AccountShown[];
  readonly payments: readonly PaymentShown[];
  readonly deposits: readonly DepositShown[];
  readonly payouts: readonly PayoutShown[];
  readonly cut: readonly string[];
  readonly payout_account: { readonly label: string; readonly bank: string; readonly changed_at_ms: number } | null;
}

const api = openApi();
const BANKS = ["bank_ok", "bank_late", "bank_failed", "bank_returned"];

/** One's own money, or that of an organisation: the address names it, and the account that is explained. */
function MoneyPage() {
  const [times, setTimes] = useState(0);
  const address = useAddress(() => setTimes((before) => before + 1));
  const [organisation, account] = address.startsWith("org_") ? [address.split("/")[0] ?? "", address.split("/")[1] ?? ""] : ["", address];
  return organisation === "" ? <OwnMoney account={account} times={times} /> : <OrganisationMoney key={organisation} api={api} organisation={organisation} account={account} times={times} />;
}

/** What there is and why, paying in, being paid out. */
function OwnMoney({ account, times }: { account: string; times: number }) {
  const read = useRead<MoneyShown>(api, "/v1/money/mine");
  useLooking(api, ["money", "contracts"], read.again);
  useEffect(() => (times === 0 ? undefined : read.again()), [times]);
  return (
    <PageFrame title="Money" nav={<a href="/account">Your account</a>} read={read} waiting="Looking…">
      {(money) => (account === "" ? <Overview money={money} again={read.again} /> : <Explanation key={account} api={api} path="/v1/money/mine/explanation" account={account} />)}
    </PageFrame>
  );
}

function Overview({ money, again }: { money: MoneyShown; again: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const act = async (path: string, body?: object): Promise<void> => {
    const answer = await api.ask("POST", path, body, undefined, crypto.randomUUID());
    setProblem("problem" in answer ? answer.problem : null);
    again();
  };
  return (
    <>
      <Purses />
      <Accounts items={money.accounts.filter((one) => one.posted !== 0 || one.kind !== "payout_pending")} empty="You hold nothing here yet." />
      <Failure problem={problem} />
      <Claims api={api} money={money} done={again} />
      <div class="pair">
        <PayIn api={api} path="/v1/money/payments" done={again} />
        {money.payout_account === null ? <Bank done={again} /> : <PayOut label={money.payout_account.label} done={again} />}
      </div>
      <ByTransfer api={api} />
      <OwnInvoices api={api} />
      <Statements api={api} accounts={money.accounts} />
      <h2>Paid out</h2>
      <Payouts
        items={money.payouts}
        empty="Nothing was paid out yet."
        acts={(one) =>
          one.actions
            .filter((action) => action.allowed)
            .map((action) => (
              <button key={action.event} type="button" onClick={() => void act(`/v1/money/payouts/${one.payout_id}/actions`, { action: action.event })}>
                {action.event === "retry" ? "Try again" : "Take it back"}
              </button>
            ))
        }
      />
      <Cut of={money.cut} name="payouts" words={IN_STATEMENTS} />
      <h2>Paid in</h2>
      <Payments items={money.payments} deposits={money.deposits} confirm={(one) => void act(`/v1/money/payments/${one.payment_id}/step`)} />
      <Cut of={money.cut} name="payments" words={IN_STATEMENTS} />
      <Cut of={money.cut} name="deposits" words={IN_STATEMENTS} />
      {money.payout_account === null ? null : <ChangeBank label={money.payout_account.label} done={again} />}
    </>
  );
}

/** The organisations whose money one keeps. */
function Purses() {
  const owners = useOwners(api, "/v1", PURSES);
  if (owners.value === null || owners.value.length === 0) return null;
  return (
    <p class="acts" data-testid="purses">
      {owners.value.map((one) => (
        <a key={one.id} class="button" href={`#${one.id}`}>
          Money of {one.name}
        </a>
      ))}
    </p>
  );
}

function PayOut({ label, done }: { label: string; done: () => void }) {
  const [key, next] = useKey();
  const form = useSubmit<PayoutShown>(
    async (entered) => {
      const minor = readMinor(entered.text("amount"), CURRENCY);
      if (minor === null) return { problem: NO_AMOUNT };
      return api.ask("POST", "/v1/money/payouts", { minor, currency: CURRENCY }, undefined, key);
    },
    () => {
      next();
      setTimeout(done, 1500);
      done();
    },
  );
  return (
    <form class="sheet form" onSubmit={form.onSubmit} aria-label="Have it paid out">
      <h2>Have it paid out</h2>
      <p class="hint">To {label}.</p>
      <p class="field">
        <label for="out">Amount in {CURRENCY}</label>
        <input id="out" name="amount" autocomplete="off" required />
      </p>
      <Failure problem={form.problem} />
      <Submit busy={form.busy} testid="pay-out">
        Pay out
      </Submit>
    </form>
  );
}

function Bank({ done }: { done: () => void }) {
  const [isReal, setIsReal] = useState(false);
  const form = useSubmit<object>((entered) => {
    const bank = isReal ? { iban: entered.text("iban"), holder: entered.text("holder") } : { bank: entered.text("bank") };
    return api.ask("PUT", "/v1/money/payout-account", { ...bank, label: entered.text("label") });
  }, done);
  return (
    <form class="sheet form" onSubmit={form.onSubmit} aria-label="Where your money goes">
      <h2>Where your money goes</h2>
      <Field name="label" label="What you call the account" autocomplete="off" maxLength={60} problem={form.problem} />
      <p class="field">
        <label for="kind">Kind of account</label>
        <select id="kind" value={isReal ? "iban" : "sandbox"} onChange={(event) => setIsReal(event.currentTarget.value === "iban")}>
          <option value="sandbox">Of the sandbox: no money moves</option>
          <option value="iban">Bank account</option>
        </select>
      </p>
      {isReal ? (
        <>
          <Field name="holder" label="Holder, as the bank writes the name" autocomplete="name" maxLength={70} problem={form.problem} />
          <Field name="iban" label="Account number (IBAN)" autocomplete="off" maxLength={42} problem={form.problem} />
        </>
      ) : (
        <Choice name="bank" label="Bank of the sandbox" items={BANKS} />
      )}
      <p class="hint">After a change payouts wait for a while, so that nobody gains by changing it in your name.</p>
      <Failure problem={form.problem} />
      <Submit busy={form.busy} testid="set-bank">
        Save
      </Submit>
    </form>
  );
}

function ChangeBank({ label, done }: { label: string; done: () => void }) {
  return (
    <details>
      <summary>Another bank account than {label}</summary>
      <Bank done={done} />
    </details>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<MoneyPage />, page);
