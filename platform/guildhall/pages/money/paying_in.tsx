import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { Problem } from "../shared/messages";
import { capital } from "../shared/money/accounts";
import { type DepositShown, type PaymentShown, readMinor, sayDay, sayMoney, sayPlain } from "../shared/money/told";

export const CURRENCY = "EUR";
const CURRENCIES = [CURRENCY, "USD", "GBP", "CHF"];
const CARDS = ["card_ok", "card_declined", "card_step", "card_late", "card_twice", "card_chargeback", "card_chargeback_won"];
export const NO_AMOUNT: Problem = { type: "invalid", title: "", status: 422, detail: "An amount looks like 120 or 120.50.", fields: { amount: "such as 120 or 120.50" } };

interface PaymentsProps {
  readonly items: readonly PaymentShown[];
  readonly deposits: readonly DepositShown[];
  readonly confirm: (one: PaymentShown) => void;
}

/** What came in by card and by bank transfer, the newest first. */
export function Payments({ items, deposits, confirm }: PaymentsProps) {
  if (items.length + deposits.length === 0) return <p class="nothing">Nothing was paid in yet.</p>;
  const lines = [
    ...items.map((one) => ({ atMs: one.created_at_ms, line: <Card key={one.payment_id} one={one} confirm={confirm} /> })),
    ...deposits.map((one) => ({ atMs: one.created_at_ms, line: <Deposit key={one.deposit_id} one={one} /> })),
  ].sort((one, other) => other.atMs - one.atMs);
  return (
    <ul class="lines" data-testid="payments">
      {lines.map(({ line }) => line)}
    </ul>
  );
}

function Deposit({ one }: { one: DepositShown }) {
  return (
    <li data-testid="deposit">
      <div>
        <strong>{sayMoney(one.minor, one.currency)}</strong>
        <span class="since">
          Bank transfer{one.party === "" ? "" : ` from ${one.party}`}, {sayDay(one.created_at_ms)}
        </span>
        <span class="since">{one.reference}</span>
      </div>
      <span class="badge" data-tone="good">
        Arrived
      </span>
    </li>
  );
}

function Card({ one, confirm }: { one: PaymentShown; confirm: (one: PaymentShown) => void }) {
  return (
        <li>
          <div>
            <strong>{sayMoney(one.minor, one.currency)}</strong>
            <span class="since">
              {sayPlain(one.method)}, {sayDay(one.created_at_ms)}
            </span>
            {one.state === "charged_back" ? <span class="since">What of it was not used yet left the balance again. What it had paid for stays paid.</span> : null}
            {one.state === "chargeback_won" ? <span class="since">It had been charged back, and came again: so did what had left the balance.</span> : null}
          </div>
          <span class="badge" data-tone={one.state === "succeeded" ? "good" : one.state === "failed" || one.state === "charged_back" ? "alarm" : undefined}>
            {capital(sayPlain(one.state))}
          </span>
          {one.state === "requires_action" ? (
            <button type="button" onClick={() => confirm(one)}>
              Confirm at your bank
            </button>
          ) : null}
        </li>
  );
}

/** A key for one intention, which stays the same until the server has taken it: sent twice, it is done once. */
export function useKey(): [string, () => void] {
  const [key, setKey] = useState(() => crypto.randomUUID());
  return [key, () => setKey(crypto.randomUUID())];
}

export function PayIn({ api, path, done }: { api: Api; path: string; done: () => void }) {
  const [key, next] = useKey();
  const form = useSubmit<PaymentShown>(
    async (entered) => {
      const currency = entered.text("currency");
      const minor = readMinor(entered.text("amount"), currency);
      if (minor === null) return { problem: NO_AMOUNT };
      return api.ask("POST", path, { minor, currency, method: entered.text("method") }, undefined, key);
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
      <Field name="amount" label="Amount" autocomplete="off" problem={form.problem} />
      <Choice name="currency" label="Currency" items={CURRENCIES} />
      <Choice name="method" label="Card of the sandbox" items={CARDS} />
      <Failure problem={form.problem} />
      <Submit busy={form.busy} testid="pay-in">
        Pay in
      </Submit>
    </form>
  );
}

export function Choice({ name, label, items }: { name: string; label: string; items: readonly string[] }) {
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
