import { useRef, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure, Submit, useSubmit } from "../shared/form";
import type { Problem } from "../shared/messages";
import { capital } from "../shared/money/accounts";
import { Cut } from "../shared/money/cut";
import { sayDay, sayMoney } from "../shared/money/told";
import { useRead } from "../shared/reading";
import { saveBlob } from "../shared/save_file";
import { sayCount } from "../shared/wording";

interface BankFile {
  readonly file_id: string;
  readonly name: string;
  readonly currency: string;
  readonly count: number;
  readonly total_minor: number;
  readonly created_at_ms: number;
  readonly verdict: string;
  readonly verdict_words: string;
}

interface BankReport {
  readonly report_id: string;
  readonly file: string;
  readonly verdict: string;
  readonly words: string;
  readonly rejected: number;
  readonly notes: readonly string[];
  readonly created_at_ms: number;
}

interface BankLine {
  readonly line_id: string;
  readonly state: string;
  readonly reference: string;
  readonly at: string;
  readonly minor: number;
  readonly currency: string;
  readonly words: string;
  readonly party: string;
  readonly note: string;
  readonly target: string;
  readonly reason: string;
  readonly is_mine: boolean;
}

interface TransfersShown {
  readonly is_set_up: boolean;
  readonly waiting: number;
  readonly next_count: number;
  readonly next_minor: number;
  readonly currency: string;
  readonly files: readonly BankFile[];
  readonly lines: readonly BankLine[];
  readonly reports: readonly BankReport[];
  readonly cut: readonly string[];
}

interface TakenIn {
  readonly new: number;
  readonly known: number;
  readonly matched: number;
  readonly unmatched: number;
}

/** Files for the bank, its statements, and what of them two people have to match. */
export function Transfers({ api, currency, again }: { api: Api; currency: string; again: () => void }) {
  const read = useRead<TransfersShown>(api, `/v1/finance/transfers?currency=${currency}`);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [taken, setTaken] = useState<TakenIn | null>(null);
  // One key until the server has answered: asked again after a lost answer, it is the same file.
  const key = useRef(crypto.randomUUID());
  const done = (answer: object): void => {
    setProblem("problem" in answer ? (answer.problem as Problem) : null);
    read.again();
    again();
  };
  const make = async (): Promise<void> => {
    const answer = await api.ask("POST", `/v1/finance/transfers?currency=${currency}`, undefined, undefined, key.current);
    if ("reply" in answer) key.current = crypto.randomUUID();
    done(answer);
  };
  const save = async (one: BankFile, kind: "pain" | "csv"): Promise<void> => {
    const answer = await api.askBlob(`/v1/finance/transfers/${one.file_id}/${kind}`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(`${one.name}.${kind === "pain" ? "xml" : "csv"}`, answer.reply);
  };
  const takeIn = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const isTable = file.name.toLowerCase().endsWith(".csv");
    const answer = await api.ask<TakenIn>("POST", "/v1/finance/bank-statements", new Blob([file], { type: isTable ? "text/csv" : "application/xml" }));
    setTaken("reply" in answer ? answer.reply : null);
    done(answer);
  };
  const shown = read.value;
  return (
    <section aria-label="Bank transfers" data-testid="transfers">
      <h2>Bank transfers</h2>
      {shown === null ? (
        <p class="nothing">{read.problem === null ? "Looking…" : read.problem.detail}</p>
      ) : !shown.is_set_up ? (
        <p class="nothing">The house's own account is not set, so payouts to account numbers wait: see payments.bank in config.yaml.</p>
      ) : (
        <>
          <p>{sayWaiting(shown)}</p>
          <p class="acts">
            <button type="button" onClick={() => void make()} aria-disabled={shown.waiting === 0} data-testid="make-file">
              Make a file for the bank
            </button>
          </p>
          <p class="field">
            <label for="bank-statement">Take in what the bank says: a statement (camt.053 or CSV), or a report on a file (pain.002)</label>
            <input
              id="bank-statement"
              type="file"
              accept=".xml,.csv,application/xml,text/csv"
              onChange={(event) => {
                const chosen = event.currentTarget;
                void takeIn(chosen.files?.[0]).then(() => {
                  chosen.value = "";
                });
              }}
            />
          </p>
          <Failure problem={problem} />
          {taken === null ? null : (
            <p role="status" data-testid="taken-in">
              {sayCount(taken.new, "new line or payment", "new lines or payments")}: {taken.matched} matched, {taken.unmatched} left to people. {taken.known} known before.
            </p>
          )}
          <h3>What matches nothing</h3>
          <Lines api={api} items={shown.lines} done={done} />
          <Cut of={shown.cut} name="lines" words="Of each state these are the oldest hundred. The next come when some of them are matched." />
          <Reports api={api} items={shown.reports} done={done} />
          <Cut of={shown.cut} name="reports" words="These are the oldest hundred reports. The next come when some of them are seen to." />
          <h3>Files</h3>
          <Files items={shown.files} save={(one, kind) => void save(one, kind)} />
          <Cut of={shown.cut} name="files" words="These are the newest hundred." />
        </>
      )}
    </section>
  );
}

function sayWaiting({ waiting, next_count, next_minor, currency }: TransfersShown): string {
  if (waiting === 0) return `No payout in ${currency} waits for a file.`;
  const together = `${sayMoney(next_minor, currency)} together`;
  const wait = `${sayCount(waiting, "payout waits", "payouts wait")} for a file`;
  return next_count === waiting ? `${wait}, ${together}.` : `${wait}. The next one takes ${next_count} of them, ${together}.`;
}

function Files({ items, save }: { items: readonly BankFile[]; save: (one: BankFile, kind: "pain" | "csv") => void }) {
  if (items.length === 0) return <p class="nothing">None was made yet.</p>;
  return (
    <ul class="lines" data-testid="transfer-files">
      {items.map((one) => (
        <li key={one.file_id}>
          <div>
            <strong>{one.name}</strong>
            <span class="since">
              {sayCount(one.count, "payout", "payouts")}, {sayDay(one.created_at_ms)}
            </span>
            {one.verdict_words === "" ? null : <span class="since">{one.verdict_words}</span>}
          </div>
          {one.verdict === "" ? null : (
            <span class="badge" data-tone={one.verdict === "rejected" || one.verdict === "partially" ? "alarm" : ""}>
              {VERDICTS[one.verdict] ?? one.verdict}
            </span>
          )}
          <span class="amount">{sayMoney(one.total_minor, one.currency)}</span>
          <span class="acts">
            <button type="button" onClick={() => save(one, "pain")} aria-label={`${one.name} as pain.001`}>
              pain.001
            </button>
            <button type="button" onClick={() => save(one, "csv")} aria-label={`${one.name} as CSV`}>
              CSV
            </button>
          </span>
        </li>
      ))}
    </ul>
  );
}

const VERDICTS: Readonly<Record<string, string>> = { accepted: "Accepted by the bank", pending: "The bank looks at it", partially: "Rejected in part", rejected: "Rejected by the bank" };

/** What the bank says of a file and fits nothing of ours; no money moves by it, so one person sees to it. */
function Reports({ api, items, done }: { api: Api; items: readonly BankReport[]; done: (answer: object) => void }) {
  if (items.length === 0) return null;
  return (
    <ul class="lines" data-testid="bank-reports">
      {items.map((one) => (
        <li key={one.report_id}>
          <div>
            <strong>Report on {one.file}</strong>
            <span class="since">
              {sayDay(one.created_at_ms)}, {sayCount(one.rejected, "payout", "payouts")} rejected
            </span>
            {one.words === "" ? null : <span class="since">{one.words}</span>}
            {one.notes.map((note) => (
              <span key={note} class="since">
                {note}
              </span>
            ))}
          </div>
          <span class="badge">{VERDICTS[one.verdict] ?? one.verdict}</span>
          <SeeTo api={api} one={one} done={done} />
        </li>
      ))}
    </ul>
  );
}

function SeeTo({ api, one, done }: { api: Api; one: BankReport; done: (answer: object) => void }) {
  const form = useSubmit<object>((entered) => api.ask("POST", `/v1/finance/bank-reports/${one.report_id}/actions`, { reason: entered.text("reason").trim() }, undefined, crypto.randomUUID()), done);
  return (
    <details>
      <summary>It is seen to</summary>
      <form class="sheet form" onSubmit={form.onSubmit} aria-label={`See to the report on ${one.file}`}>
        <Entry id={`${one.report_id}-reason`} name="reason" words="What you made of it" max={500} />
        <Failure problem={form.problem} />
        <Submit busy={form.busy} testid="see-to-report">
          Put it away
        </Submit>
      </form>
    </details>
  );
}

function Lines({ api, items, done }: { api: Api; items: readonly BankLine[]; done: (answer: object) => void }) {
  if (items.length === 0) return <p class="nothing">Every line of the bank's is matched.</p>;
  const act = async (one: BankLine, action: string): Promise<void> => done(await api.ask("POST", `/v1/finance/bank-lines/${one.line_id}/actions`, { action }, undefined, crypto.randomUUID()));
  return (
    <ul class="lines" data-testid="bank-lines">
      {items.map((one) => (
        <li key={one.line_id}>
          <div>
            <strong>{sayMoney(one.minor, one.currency)}</strong>
            <span class="since">
              {one.at} {one.party}
            </span>
            {one.words === "" ? null : <span class="since">{one.words}</span>}
            <span class="since">{one.note}</span>
            {one.target === "" ? null : (
              <span class="since">
                {one.is_mine ? "You say" : "Somebody says"} it belongs to <code>{one.target}</code>: {one.reason}
              </span>
            )}
          </div>
          <span class="badge">{capital(one.state)}</span>
          {one.state === "unmatched" ? <Match api={api} one={one} done={done} /> : null}
          {one.state === "proposed" ? (
            <span class="acts">
              {one.is_mine ? (
                <span class="since">Another person confirms it.</span>
              ) : (
                <button type="button" onClick={() => void act(one, "confirm")}>
                  Confirm
                </button>
              )}
              <button type="button" onClick={() => void act(one, "withdraw")}>
                Withdraw
              </button>
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Match({ api, one, done }: { api: Api; one: BankLine; done: (answer: object) => void }) {
  const form = useSubmit<object>(
    (entered) => api.ask("POST", `/v1/finance/bank-lines/${one.line_id}/actions`, { action: "propose", target: entered.text("target").trim(), reason: entered.text("reason").trim() }, undefined, crypto.randomUUID()),
    done,
  );
  return (
    <details>
      <summary>Match it</summary>
      <form class="sheet form" onSubmit={form.onSubmit} aria-label={`Match ${one.reference}`}>
        <Entry id={`${one.line_id}-target`} name="target" words={one.minor > 0 ? "It belongs to (an account, an organisation or a payout)" : "It belongs to (a payout, or: house, for what the bank takes)"} max={80} />
        <Entry id={`${one.line_id}-reason`} name="reason" words="Why" max={500} />
        <Failure problem={form.problem} />
        <Submit busy={form.busy} testid="propose-match">
          Propose
        </Submit>
      </form>
    </details>
  );
}

/** Named apart on each line, since there are many of them on one page. */
function Entry({ id, name, words, max }: { id: string; name: string; words: string; max: number }) {
  return (
    <p class="field">
      <label for={id}>{words}</label>
      <input id={id} name={name} autocomplete="off" maxLength={max} required />
    </p>
  );
}
