import { useState } from "preact/hooks";
import { Entered, Failure, Submit } from "./form";
import { type Milestone, readMoney, sayMoney, type WorkTerms, writeMoney } from "./hiring_told";
import { Labelled, Line } from "./labelled";
import type { Problem } from "./messages";

interface TermsFormProps {
  readonly start: WorkTerms;
  readonly act: string;
  readonly problem: Problem | null;
  readonly send: (terms: WorkTerms, note: string) => Promise<boolean>;
}

const MOST = 20;

/** The terms of an offer or a counter-offer. What was typed stays, whatever the server says of it. */
export function TermsForm({ start, act, problem, send }: TermsFormProps) {
  const [busy, setBusy] = useState(false);
  const [rows, setRows] = useState(() => (start.milestones.length === 0 ? [{ title: "", minor: 0 }] : [...start.milestones]));
  const currency = start.currency;
  const isFixed = start.kind === "fixed";
  const total = rows.reduce((sum, one) => sum + one.minor, 0);

  const change = (place: number, row: Milestone): void => setRows(rows.map((one, at) => (at === place ? row : one)));
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const entered = new Entered(new FormData(form));
    setBusy(true);
    await send(
      {
        ...start,
        milestones: isFixed ? rows : [],
        rate_minor: isFixed ? 0 : readMoney(entered.text("terms.rate_minor"), currency),
        weekly_cap_minutes: isFixed ? 0 : Math.round(Number(entered.text("terms.weekly_cap_minutes")) * 60) || 0,
        scope: entered.text("terms.scope"),
        review_days: Number(entered.text("terms.review_days")),
        revisions: Number(entered.text("terms.revisions")),
        notice_days: Number(entered.text("terms.notice_days")),
      },
      entered.text("note"),
    );
    setBusy(false);
  };
  return (
    <form
      class="form"
      data-testid="terms-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit(event.currentTarget);
      }}
    >
      {isFixed ? (
        <fieldset>
          <legend>Milestones, {sayMoney(total, currency)} in all</legend>
          {rows.map((one, place) => (
            <div class="pair" key={place}>
              <p class="field">
                <label for={`terms.milestones.${place}.title`}>What is handed in</label>
                <input id={`terms.milestones.${place}.title`} name={`terms.milestones.${place}.title`} required minLength={2} maxLength={120} autocomplete="off" value={one.title} onInput={(event) => change(place, { ...one, title: event.currentTarget.value })} />
              </p>
              <p class="field">
                <label for={`terms.milestones.${place}.minor`}>Pay in {currency}</label>
                <input
                  id={`terms.milestones.${place}.minor`}
                  name={`terms.milestones.${place}.minor`}
                  required
                  inputMode="decimal"
                  autocomplete="off"
                  defaultValue={writeMoney(one.minor, currency)}
                  onInput={(event) => change(place, { ...one, minor: readMoney(event.currentTarget.value, currency) })}
                />
              </p>
            </div>
          ))}
          <p class="acts">
            {rows.length < MOST ? (
              <button type="button" onClick={() => setRows([...rows, { title: "", minor: 0 }])}>
                Add a milestone
              </button>
            ) : null}
            {rows.length > 1 ? (
              <button type="button" onClick={() => setRows(rows.slice(0, -1))}>
                Remove the last
              </button>
            ) : null}
          </p>
        </fieldset>
      ) : (
        <div class="pair">
          <Line name="terms.rate_minor" label={`Pay for an hour in ${currency}`} value={writeMoney(start.rate_minor, currency)} problem={problem} />
          <Line name="terms.weekly_cap_minutes" label="Hours a week at most" value={start.weekly_cap_minutes === 0 ? "" : String(start.weekly_cap_minutes / 60)} problem={problem} />
        </div>
      )}
      <Labelled name="terms.scope" label="What is agreed on besides" hint="Optional: what is part of it, and what is not." problem={problem}>
        {(tied) => <textarea {...tied} rows={3} maxLength={4000} defaultValue={start.scope} />}
      </Labelled>
      <div class="pair">
        <Numbered name="terms.review_days" label="Days to look at what is handed in" value={start.review_days} least={3} most={30} problem={problem} />
        <Numbered name="terms.revisions" label="Revisions" value={start.revisions} least={0} most={20} problem={problem} />
        <Numbered name="terms.notice_days" label="Days of notice" value={start.notice_days} least={0} most={90} problem={problem} />
      </div>
      <Labelled name="note" label="A word with it" problem={problem}>
        {(tied) => <textarea {...tied} rows={2} maxLength={1000} />}
      </Labelled>
      <p class="acts">
        <Submit busy={busy} testid="send-terms">
          {act}
        </Submit>
      </p>
      <Failure problem={problem} />
    </form>
  );
}

export function Numbered(props: { name: string; label: string; value: number; least: number; most: number; problem: Problem | null }) {
  return (
    <Labelled name={props.name} label={props.label} problem={props.problem}>
      {(tied) => <input {...tied} type="number" required min={props.least} max={props.most} defaultValue={String(props.value)} />}
    </Labelled>
  );
}
