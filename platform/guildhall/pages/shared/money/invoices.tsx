import { useState } from "preact/hooks";
import { Failure, Field, Submit, useSubmit } from "../form";
import type { Problem } from "../messages";
import type { Api } from "../api";
import { useList, useRead, Waiting } from "../reading";
import { saveBlob } from "../save_file";
import { sayDay, sayMoney } from "./told";

export interface Billing {
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly tax_id: string;
  readonly tax_basis_points: number;
}

export interface InvoiceShown {
  readonly invoice_id: string;
  readonly name: string;
  readonly kind: string;
  readonly is_credit: boolean;
  readonly credit_of_name: string;
  readonly is_issuer: boolean;
  readonly issuer_name: string;
  readonly payer_name: string;
  readonly subject: string;
  readonly currency: string;
  readonly tax_minor: number;
  readonly total_minor: number;
  readonly issued_at_ms: number;
  readonly settled_at_ms: number;
}

const SIDES = { both: "Issued and received", issued: "Issued", received: "Received" } as const;
const KINDS = { all: "All kinds", work: "Work", fee: "Fees", credit: "Credit notes" } as const;

/** Invoices and credit notes, a page at a time and by kind, each as PDF. `path` is theirs, `query` says whose they are. */
export function Invoices({ api, path, query, empty }: { api: Api; path: string; query: Readonly<Record<string, string>>; empty: string }) {
  const [side, setSide] = useState<string>("both");
  const [kind, setKind] = useState<string>("all");
  // Once chosen the filters stay, also over nothing: whoever goes back to all must not lose their place.
  const [wasNarrowed, setNarrowed] = useState(false);
  const narrow = (set: (value: string) => void) => (value: string) => {
    setNarrowed(true);
    set(value);
  };
  const isAll = side === "both" && kind === "all";
  const list = useList<InvoiceShown>(api, `${path}?${new URLSearchParams({ ...query, side, kind })}`);
  return (
    <>
      {wasNarrowed || list.value?.length ? (
        <div class="filters">
          <Filter label="Which side" ways={SIDES} value={side} choose={narrow(setSide)} />
          <Filter label="Which kind" ways={KINDS} value={kind} choose={narrow(setKind)} />
        </div>
      ) : null}
      {list.value === null ? (
        <Waiting read={list} words="Looking…" />
      ) : (
        <Lines api={api} path={path} items={list.value} empty={isAll ? empty : "None of these."} />
      )}
      {list.value !== null && list.problem !== null ? (
        <div data-testid="invoices-failed">
          <p class="nothing">These may not be all: the rest could not be read.</p>
          <Waiting read={{ value: null, problem: list.problem, again: list.retry }} />
        </div>
      ) : list.hasMore ? (
        <p class="acts">
          <button type="button" onClick={list.more} data-testid="more-invoices">
            Show older ones
          </button>
        </p>
      ) : null}
    </>
  );
}

interface FilterProps {
  readonly label: string;
  readonly ways: Readonly<Record<string, string>>;
  readonly value: string;
  readonly choose: (value: string) => void;
}

function Filter({ label, ways, value, choose }: FilterProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {Object.entries(ways).map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function Lines({ api, path, items, empty }: { api: Api; path: string; items: readonly InvoiceShown[]; empty: string }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const download = async (one: InvoiceShown): Promise<void> => {
    const answer = await api.askBlob(`${path}/${one.invoice_id}/pdf`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(`${one.name}-${one.issuer_name}.pdf`, answer.reply);
  };
  if (items.length === 0) return <p class="nothing">{empty}</p>;
  return (
    <>
      <ul class="lines" data-testid="invoices">
        {items.map((one) => (
          <li key={one.invoice_id}>
            <div>
              <strong>
                {one.is_credit ? "Credit note" : "Invoice"} {one.name}
              </strong>
              <span class="since">
                {one.is_issuer ? `to ${one.payer_name}` : `from ${one.issuer_name}`}, {one.kind === "fee" ? "fee" : "work"}, {sayDay(one.issued_at_ms)}
              </span>
              <span class="since">{one.subject}</span>
              <span class="since">
                {one.is_credit ? `takes back ${one.credit_of_name}; returned` : "Paid through the ledger"}, {sayDay(one.settled_at_ms)}
              </span>
            </div>
            <span class="amount">{sayMoney(one.is_credit ? -one.total_minor : one.total_minor, one.currency)}</span>
            <button type="button" onClick={() => void download(one)} aria-label={`${one.name} of ${one.issuer_name} as PDF`}>
              PDF
            </button>
          </li>
        ))}
      </ul>
      <Failure problem={problem} />
    </>
  );
}

/** One's own, or those of an organisation that one leads, with who stands on the next of them. */
export function OwnInvoices({ api, organisation = "" }: { api: Api; organisation?: string }) {
  const whose: Readonly<Record<string, string>> = organisation === "" ? {} : { organisation };
  const path = `/v1/money/billing?${new URLSearchParams(whose)}`;
  const billing = useRead<Billing>(api, path);
  return (
    <section aria-label="Invoices">
      <h2>Invoices</h2>
      <Invoices api={api} path="/v1/money/invoices" query={whose} empty="None yet. What is released is invoiced by itself, a moment later." />
      {billing.value === null ? null : <BillingForm api={api} path={path} who={organisation === "" ? "You" : "It"} billing={billing.value} done={billing.again} />}
    </section>
  );
}

function BillingForm({ api, path, who, billing, done }: { api: Api; path: string; who: "You" | "It"; billing: Billing; done: () => void }) {
  const form = useSubmit<Billing>((entered) => {
    const percent = Number(entered.text("tax").replace(",", ".") || "0");
    const given = { name: entered.text("name"), address: entered.text("address"), country: entered.text("country").toUpperCase(), tax_id: entered.text("tax_id") };
    return api.ask("PUT", path, { ...given, tax_basis_points: Math.round(percent * 100) });
  }, done);
  return (
    <details>
      <summary>
        {who === "You" ? "You on invoices" : "On its invoices"}: {billing.name}
      </summary>
      <form class="sheet form" onSubmit={form.onSubmit} aria-label="Who stands on invoices">
        <p class="hint">From the next invoice on. What was issued stays as it is.</p>
        <Field name="name" label="Name" autocomplete="name" maxLength={120} value={billing.name} problem={form.problem} />
        <Field name="address" label="Address" autocomplete="street-address" maxLength={400} value={billing.address} optional problem={form.problem} />
        <Field name="country" label="Country" hint="two letters, such as IE" autocomplete="country" maxLength={2} value={billing.country} optional problem={form.problem} />
        <Field name="tax_id" label="Tax id" autocomplete="off" maxLength={40} value={billing.tax_id} optional problem={form.problem} />
        <Field name="tax" label="Sales tax in per cent" hint={`part of what ${who.toLowerCase()} ${who === "You" ? "are" : "is"} paid; 0 for none`} autocomplete="off" maxLength={5} value={String(billing.tax_basis_points / 100)} optional problem={form.problem} />
        <Failure problem={form.problem} />
        <Submit busy={form.busy} testid="set-billing">
          Save
        </Submit>
      </form>
    </details>
  );
}
