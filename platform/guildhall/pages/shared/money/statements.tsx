import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import { Failure } from "../form";
import type { Problem } from "../messages";
import { useRead } from "../reading";
import { saveBlob } from "../save_file";
import { capital } from "./accounts";
import { type AccountShown, sayDay, sayMoney, sayPlain } from "./told";

interface Line {
  readonly entry: string;
  readonly at_ms: number;
  readonly words: string;
  readonly minor: number;
  readonly balance_minor: number;
}

interface StatementShown {
  readonly currency: string;
  readonly month: string;
  readonly first_month: string;
  readonly opening_minor: number;
  readonly lines: readonly Line[];
  readonly closing_minor: number;
  readonly gap_minor: number;
  readonly until_ms: number;
  readonly is_over: boolean;
}

const SHOWN = 200;
const STATED = ["payable", "client_balance", "payout_pending"];

/** A month of an account of one's own, or of an organisation's, with what each line was for; also as PDF and CSV. */
export function Statements({ api, accounts, organisation = "" }: { api: Api; accounts: readonly AccountShown[]; organisation?: string }) {
  const items = accounts.filter((one) => STATED.includes(one.kind));
  return items[0] === undefined ? null : <OfAccounts api={api} items={items} first={items[0]} organisation={organisation} />;
}

function OfAccounts({ api, items, first, organisation }: { api: Api; items: readonly AccountShown[]; first: AccountShown; organisation: string }) {
  const now = new Date().toISOString().slice(0, 7);
  const [chosen, setChosen] = useState("");
  const [month, setMonth] = useState(now);
  const [problem, setProblem] = useState<Problem | null>(null);
  const account = items.find((one) => one.account === chosen) ?? first;
  const query = `account=${encodeURIComponent(account.account)}&month=${month}${organisation === "" ? "" : `&organisation=${organisation}`}`;
  const read = useRead<StatementShown>(api, `/v1/money/statement?${query}`);
  useEffect(() => read.again(), [account.posted]);
  const oldest = read.value?.first_month ?? "";
  const download = async (kind: "pdf" | "csv"): Promise<void> => {
    const answer = await api.askBlob(`/v1/money/statement/${kind}?${query}`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(`statement-${month}-${account.currency}.${kind}`, answer.reply);
  };
  return (
    <section aria-label="Statements" data-testid="statements">
      <h2>Statements</h2>
      <div class="pair">
        <Select label="Account" name="stated-account" value={account.account} items={items.map((one) => [one.account, `${capital(sayPlain(one.kind))}, ${one.currency}`])} choose={setChosen} />
        <Select label="Month" name="stated-month" value={month} items={monthsFrom(oldest === "" || oldest > month ? month : oldest, now).map((one) => [one, sayMonth(one)])} choose={setMonth} />
      </div>
      {read.value === null ? <p class="nothing">{read.problem === null ? "Looking…" : ""}</p> : <Lines made={read.value} />}
      <p class="acts">
        <button type="button" onClick={() => void download("pdf")} data-testid="statement-pdf">
          PDF
        </button>
        <button type="button" onClick={() => void download("csv")}>
          Table (CSV)
        </button>
      </p>
      <Failure problem={problem ?? read.problem} />
    </section>
  );
}

function Lines({ made }: { made: StatementShown }) {
  const money = (minor: number): string => sayMoney(minor, made.currency);
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label="Lines of the statement">
        <table data-testid="statement">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">For</th>
              <th scope="col" class="number">
                Amount
              </th>
              <th scope="col" class="number">
                Balance
              </th>
            </tr>
          </thead>
          <tbody>
            <End words="Opening balance" said={money(made.opening_minor)} />
            {made.lines.slice(0, SHOWN).map((one) => (
              <tr key={one.entry}>
                <td>{sayDay(one.at_ms)}</td>
                <td>{one.words}</td>
                <td class="number">{money(one.minor)}</td>
                <td class="number">{money(one.balance_minor)}</td>
              </tr>
            ))}
            <End words={made.is_over ? "Closing balance" : `Balance at ${sayDay(made.until_ms)}`} said={money(made.closing_minor)} />
          </tbody>
        </table>
      </div>
      {made.lines.length > SHOWN ? <p class="hint">The first {SHOWN} of {made.lines.length} lines; the files have all of them.</p> : null}
      {made.gap_minor === 0 ? null : (
        <p class="gap" role="alert">
          {money(made.gap_minor)} of the balance stands in no line: the journal and the ledger disagree. Please tell us.
        </p>
      )}
    </>
  );
}

function End({ words, said }: { words: string; said: string }) {
  return (
    <tr>
      <th scope="row" colSpan={3}>
        {words}
      </th>
      <td class="number">{said}</td>
    </tr>
  );
}

function Select({ label, name, value, items, choose }: { label: string; name: string; value: string; items: readonly (readonly [string, string])[]; choose: (value: string) => void }) {
  return (
    <p class="field">
      <label for={name}>{label}</label>
      <select id={name} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {items.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </p>
  );
}

/** The newest first. */
function monthsFrom(first: string, last: string): string[] {
  const months = [];
  const at = new Date(`${last}-01T00:00:00Z`);
  for (let month = last; month >= first; month = at.toISOString().slice(0, 7)) {
    months.push(month);
    at.setUTCMonth(at.getUTCMonth() - 1);
  }
  return months;
}

function sayMonth(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
}
