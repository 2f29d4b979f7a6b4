import { render } from "preact";
import { useState } from "preact/hooks";
import type { Items } from "../shared/accounts";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { Problem } from "../shared/messages";
import { Accounts, capital } from "../shared/money/accounts";
import { Cut, WHEN_DONE } from "../shared/money/cut";
import { Explanation } from "../shared/money/explanation";
import { Invoices } from "../shared/money/invoices";
import { Payouts } from "../shared/money/payouts";
import { type AccountShown, type ClaimShown, type PayoutShown, sayDay, sayMoney, sayPlain } from "../shared/money/told";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayCount } from "../shared/wording";
import { Transfers } from "./transfers";
import "./finance.css";

interface Reconciliation {
  readonly at_ms: number;
  readonly blocks: number;
  readonly entries: number;
  readonly in_flight: number;
  readonly head: string;
  readonly totals: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly faults: readonly string[];
  readonly fault_count: number;
}

interface Manual {
  readonly manual_id: string;
  readonly state: string;
  readonly reason: string;
  readonly lines: readonly { readonly account: string; readonly minor: number }[];
  readonly proposed_by: string;
  readonly created_at_ms: number;
  readonly is_mine: boolean;
}

interface FinanceShown {
  readonly reconciliations: readonly Reconciliation[];
  readonly payouts: readonly PayoutShown[];
  readonly manual: readonly Manual[];
  readonly claims: readonly { readonly owner: string; readonly claim: ClaimShown }[];
  readonly cut: readonly string[];
  readonly currency: string;
  readonly currencies: readonly string[];
}

const api = openApi();

/** Whether the ledger proves, what waits for somebody, and why any account holds what it holds. */
function FinancePage() {
  // One at a time: nothing is ever added up over currencies. Empty: as the server chooses.
  const [currency, choose] = useState("");
  const read = useRead<FinanceShown>(api, `/v1/finance${currency === "" ? "" : `?currency=${currency}`}`);
  const account = useAddress(read.again);
  useLooking(api, ["money"], read.again);
  return (
    <PageFrame title="Finance" nav={<a href="/account">Your account</a>} read={read} waiting="Looking…">
      {(finance) => (account === "" ? <Console finance={finance} again={read.again} choose={choose} /> : <Explanation key={account} api={api} path="/v1/finance/explanation" account={account} />)}
    </PageFrame>
  );
}

function Console({ finance, again, choose }: { finance: FinanceShown; again: () => void; choose: (currency: string) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const act = async (path: string, body?: object): Promise<void> => {
    setBusy(true);
    const answer = await api.ask("POST", path, body, undefined, crypto.randomUUID());
    setBusy(false);
    setProblem("problem" in answer ? answer.problem : null);
    again();
  };
  const newest = finance.reconciliations[0];
  return (
    <>
      {finance.currencies.length > 1 ? (
        <div class="filters">
          <label>
            Currency
            <select value={finance.currency} onChange={(event) => choose(event.currentTarget.value)} data-testid="currency">
              {finance.currencies.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        </div>
      ) : null}
      <section aria-label="Proof">
        <h2>Does it prove?</h2>
        {newest === undefined ? <p class="nothing">Nobody has proved the ledger yet.</p> : <Proof newest={newest} currency={finance.currency} />}
        <p class="acts">
          <button type="button" aria-disabled={busy} onClick={() => void (busy || act("/v1/finance/reconciliations"))} data-testid="prove">
            {busy ? "One moment…" : "Prove it now"}
          </button>
        </p>
      </section>
      <Failure problem={problem} />
      <section aria-label="Payouts">
        <h2>Payouts on their way</h2>
        <Payouts
          items={finance.payouts}
          empty="None is on its way, and none waits."
          withOwner
          acts={(one) =>
            one.actions
              .filter((action) => action.allowed && ["release", "cancel", "see_to"].includes(action.event))
              .map((action) => (
                <button key={action.event} type="button" onClick={() => void act(`/v1/finance/payouts/${one.payout_id}/actions`, { action: action.event })}>
                  {action.event === "see_to" ? "It is seen to" : capital(action.event)}
                </button>
              ))
          }
        />
        <Cut of={finance.cut} name="payouts" words="Of each state these are the first hundred. The next come when some of them are done." />
      </section>
      <section aria-label="Owed after chargebacks">
        <h2>Owed after chargebacks</h2>
        <Owed items={finance.claims} />
        <Cut of={finance.cut} name="claims" words={WHEN_DONE} />
      </section>
      <Transfers key={finance.currency} api={api} currency={finance.currency} again={again} />
      <Search />
      <section aria-label="By hand">
        <h2>Booked by hand</h2>
        <p class="hint">One person proposes, another one confirms. What is booked is never changed: it is corrected by another entry.</p>
        <ManualList items={finance.manual} act={(one, action) => void act(`/v1/finance/entries/${one.manual_id}/actions`, { action })} />
        <Cut of={finance.cut} name="manual" words="First what waits for a second person, then the newest. Older ones stand in the accounts." />
        <Propose done={again} />
      </section>
    </>
  );
}

function Proof({ newest, currency }: { newest: Reconciliation; currency: string }) {
  const kinds = Object.entries(newest.totals[currency] ?? {});
  return (
    <>
      <p class="proof" data-tone={newest.fault_count === 0 ? "good" : "alarm"} data-testid="proof">
        {newest.fault_count === 0
          ? `Yes: ${sayCount(newest.entries, "entry", "entries")} in ${sayCount(newest.blocks, "block", "blocks")}, each as it was written, and every balance follows from them`
          : `No: it is broken in ${sayCount(newest.fault_count, "place", "places")}`}{" "}
        ({sayDay(newest.at_ms)}).
      </p>
      {newest.faults.length === 0 ? null : (
        <ul>
          {newest.faults.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
      {kinds.length === 0 ? (
        <p class="nothing">Nothing was booked in {currency} yet.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label={`All accounts in ${currency}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">All accounts in {currency}</th>
                <th scope="col" class="number">
                  Together
                </th>
              </tr>
            </thead>
            <tbody>
              {kinds.map(([kind, minor]) => (
                <tr key={kind}>
                  <th scope="row">{capital(sayPlain(kind))}</th>
                  <td class="number">{sayMoney(minor, currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {newest.head === "" ? null : (
        <p class="hint proof">
          Keep this elsewhere; a later proof can be held against it: <code>{newest.head}</code>
        </p>
      )}
    </>
  );
}

function Owed({ items }: { items: FinanceShown["claims"] }) {
  if (items.length === 0) return <p class="nothing">Nothing is owed.</p>;
  return (
    <ul class="lines" data-testid="owed">
      {items.map(({ owner, claim }) => (
        <li key={claim.claim_id} data-state={claim.state}>
          <div>
            <strong>{owner}</strong>
            <span class="since">
              charged back {sayDay(claim.created_at_ms)}, due {sayDay(claim.due_at_ms)}
            </span>
          </div>
          <span class="badge" data-tone={claim.state === "overdue" ? "alarm" : ""}>
            {capital(claim.state)}
          </span>
          <span class="amount">{sayMoney(claim.minor, claim.currency)}</span>
        </li>
      ))}
    </ul>
  );
}

function Search() {
  const [found, setFound] = useState<readonly AccountShown[] | null>(null);
  const [owner, setOwner] = useState("");
  const form = useSubmit<Items<AccountShown>>(
    async (entered) => {
      const wanted = entered.text("owner");
      setOwner(wanted);
      return api.ask("GET", `/v1/finance/accounts?owner=${encodeURIComponent(wanted)}`);
    },
    (reply) => setFound(reply.items),
  );
  return (
    <section aria-label="Accounts">
      <h2>Accounts and invoices of somebody</h2>
      <form class="search" onSubmit={form.onSubmit}>
        <Field name="owner" label="Account, organisation or hold; or: house, sandbox" autocomplete="off" maxLength={80} problem={form.problem} />
        <Submit busy={form.busy} testid="find-accounts">
          Look
        </Submit>
      </form>
      <Failure problem={form.problem} />
      {found === null ? null : <Accounts items={found} empty="There are no accounts of that name." />}
      {found === null ? null : <Invoices key={owner} api={api} path="/v1/finance/invoices" query={{ owner }} empty="There are no invoices from or to them." />}
    </section>
  );
}

function ManualList({ items, act }: { items: readonly Manual[]; act: (one: Manual, action: string) => void }) {
  if (items.length === 0) return <p class="nothing">Nothing was booked by hand.</p>;
  return (
    <ul class="lines" data-testid="manual">
      {items.map((one) => (
        <li key={one.manual_id}>
          <div>
            <strong>{one.reason}</strong>
            {one.lines.map((line) => (
              <span key={`${line.account} ${line.minor}`} class="since">
                {line.minor > 0 ? "debit" : "credit"} {sayMoney(Math.abs(line.minor), line.account.slice(-3))} <code>{line.account}</code>
              </span>
            ))}
            <span class="since">
              proposed {one.is_mine ? "by you" : `by ${one.proposed_by}`}, {sayDay(one.created_at_ms)}
            </span>
          </div>
          <span class="badge">{capital(one.state)}</span>
          {one.state === "proposed" ? (
            <span class="acts">
              {one.is_mine ? <span class="since">Another person confirms it.</span> : <Act words="Confirm" done={() => act(one, "confirm")} />}
              <Act words="Withdraw" done={() => act(one, "withdraw")} />
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Act({ words, done }: { words: string; done: () => void }) {
  return (
    <button type="button" onClick={done}>
      {words}
    </button>
  );
}

function Propose({ done }: { done: () => void }) {
  const [key, setKey] = useState(() => crypto.randomUUID());
  const form = useSubmit<Manual>(
    (entered) => {
      const minor = Math.round(Number(entered.text("minor")));
      const lines = [
        { account: entered.text("debit"), minor },
        { account: entered.text("credit"), minor: -minor },
      ];
      return api.ask("POST", "/v1/finance/entries", { reason: entered.text("reason"), lines }, undefined, key);
    },
    () => {
      setKey(crypto.randomUUID());
      done();
    },
  );
  return (
    <details>
      <summary>Propose an entry</summary>
      <form class="sheet form" onSubmit={form.onSubmit} aria-label="Propose an entry">
        <Field name="reason" label="Why" autocomplete="off" maxLength={500} problem={form.problem} />
        <Field name="debit" label="Debit" hint="such as suspense:house:EUR" autocomplete="off" maxLength={200} problem={form.problem} />
        <Field name="credit" label="Credit" hint="such as client_balance:OWNER:EUR" autocomplete="off" maxLength={200} problem={form.problem} />
        <Field name="minor" label="Amount in minor units" hint="12050 is 120.50 EUR" inputMode="numeric" autocomplete="off" maxLength={15} problem={form.problem} />
        <Failure problem={form.problem} />
        <Submit busy={form.busy} testid="propose">
          Propose
        </Submit>
      </form>
    </details>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<FinancePage />, page);
