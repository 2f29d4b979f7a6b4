import { render } from "preact";
import { useState } from "preact/hooks";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { Problem } from "../shared/messages";
import { Accounts, capital } from "../shared/money/accounts";
import { Explanation } from "../shared/money/explanation";
import { OwnInvoices } from "../shared/money/invoices";
import { Payouts } from "../shared/money/payouts";
import { type AccountShown, type PaymentShown, type PayoutShown, readMinor, sayDay, sayMoney, sayPlain } from "../shared/money/told";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import "./money.css";

interface MoneyShown {
  readonly accounts: readonly AccountShown[];
  readonly payments: readonly PaymentShown[];
  readonly payouts: readonly PayoutShown[];
  readonly payout_account: { readonly label: string; readonly bank: string; readonly changed_at_ms: number } | null;
}

const api = openApi();
const CURRENCY = "EUR";
const CARDS = ["card_ok", "card_declined", "card_step", "card_late", "card_twice", "card_chargeback"];
const BANKS = ["bank_ok", "bank_late", "bank_failed", "bank_returned"];
const NO_AMOUNT: Problem = { type: "invalid", title: "", status: 422, detail: "An amount looks like 120 or 120.50.", fields: { amount: "such as 120 or 120.50" } };

/** One's own money: what there is and why, paying in, being paid out. The address holds the account that is explained. */
function MoneyPage() {
  const read = useRead<MoneyShown>(api, "/v1/money/mine");
  const account = useAddress(read.again);
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
      <Accounts items={money.accounts.filter((one) => one.posted !== 0 || one.kind !== "payout_pending")} empty="You hold nothing here yet." />
      <Failure problem={problem} />
      <div class="pair">
        <PayIn done={again} />
        {money.payout_account === null ? <Bank done={again} /> : <PayOut label={money.payout_account.label} done={again} />}
      </div>
      <OwnInvoices api={api} />
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
      <h2>Paid in</h2>
      <Payments items={money.payments} confirm={(one) => void act(`/v1/money/payments/${one.payment_id}/step`)} />
      {money.payout_account === null ? null : <ChangeBank label={money.payout_account.label} done={again} />}
    </>
  );
}

function Payments({ items, confirm }: { items: readonly PaymentShown[]; confirm: (one: PaymentShown) => void }) {
  if (items.length === 0) return <p class="nothing">Nothing was paid in yet.</p>;
  return (
    <ul class="lines" data-testid="payments">
      {items.map((one) => (
        <li key={one.payment_id}>
          <div>
            <strong>{sayMoney(one.minor, one.currency)}</strong>
            <span class="since">
              {sayPlain(one.method)}, {sayDay(one.created_at_ms)}
            </span>
          </div>
          <span class="badge" data-tone={one.state === "succeeded" ? "good" : one.state === "failed" ? "alarm" : undefined}>
            {capital(sayPlain(one.state))}
          </span>
          {one.state === "requires_action" ? (
            <button type="button" onClick={() => confirm(one)}>
              Confirm at your bank
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** A key for one intention, which stays the same until the server has taken it: sent twice, it is done once. */
function useKey(): [string, () => void] {
  const [key, setKey] = useState(() => crypto.randomUUID());
  return [key, () => setKey(crypto.randomUUID())];
}

function PayIn({ done }: { done: () => void }) {
  const [key, next] = useKey();
  const form = useSubmit<PaymentShown>(
    async (entered) => {
      const minor = readMinor(entered.text("amount"), CURRENCY);
      if (minor === null) return { problem: NO_AMOUNT };
      return api.ask("POST", "/v1/money/payments", { minor, currency: CURRENCY, method: entered.text("method") }, undefined, key);
    },
    () => {
      next();
      // The provider tells what became of it a moment later.
      setTimeout(done, 1500);
      done();
    },
  );
  return (
    <form class="sheet form" onSubmit={form.onSubmit} aria-label="Pay in">
      <h2>Pay in</h2>
      <Field name="amount" label={`Amount in ${CURRENCY}`} autocomplete="off" problem={form.problem} />
      <Choice name="method" label="Card (of the sandbox)" items={CARDS} />
      <Failure problem={form.problem} />
      <Submit busy={form.busy} testid="pay-in">
        Pay in
      </Submit>
    </form>
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
  const form = useSubmit<object>((entered) => api.ask("PUT", "/v1/money/payout-account", { bank: entered.text("bank"), label: entered.text("label") }), done);
  return (
    <form class="sheet form" onSubmit={form.onSubmit} aria-label="Where your money goes">
      <h2>Where your money goes</h2>
      <Field name="label" label="What you call the account" autocomplete="off" maxLength={60} problem={form.problem} />
      <Choice name="bank" label="Bank (of the sandbox)" items={BANKS} />
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

function Choice({ name, label, items }: { name: string; label: string; items: readonly string[] }) {
  return (
    <p class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        {items.map((one) => (
          <option key={one} value={one}>
            {sayPlain(one)}
          </option>
        ))}
      </select>
    </p>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<MoneyPage />, page);
