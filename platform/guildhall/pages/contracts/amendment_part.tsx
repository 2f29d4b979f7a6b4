import { useState } from "preact/hooks";
import { Entered, Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { ReasonDialog } from "../shared/reason_dialog";
import type { RoomProps } from "./room";
import { writeMoney } from "../shared/hiring_told";
import { type Contract, readMoney, sayMoney, type Work } from "./told";

/** Terms that one side proposes while work goes on: what would be otherwise, and the other side's answer to it. */
export function AmendmentPart({ room }: { room: RoomProps }) {
  const { contract } = room;
  const [isDeclining, setDeclining] = useState(false);
  const proposed = contract.amendment;
  if (contract.side === "staff") return null;
  if (proposed === null) return may(contract, "propose_terms") ? <ProposeTerms room={room} /> : null;
  const path = `/v1/contracts/${contract.contract_id}/terms/answers`;
  const answer = (given: string, words = ""): void => void room.ask("POST", path, { answer: given, terms_sha256: proposed.terms_sha256, words });
  return (
    <section class="card" aria-labelledby="amendment" data-testid="amendment">
      <h2 id="amendment">{proposed.is_mine ? "You propose other terms" : "Other terms are proposed"}</h2>
      {proposed.words === "" ? null : <p class="written">{proposed.words}</p>}
      <ul class="past">
        {changesOf(contract.work, proposed.work, contract.currency).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <p class="hint">Until they are accepted everything stays as it is. A week that has begun, a milestone and a clock that runs keep what they began with.</p>
      <p class="acts">
        {proposed.is_mine ? (
          <button type="button" onClick={() => answer("withdraw")} data-testid="withdraw-terms">
            Take it back
          </button>
        ) : (
          <>
            <button type="button" class="primary" onClick={() => answer("accept")} data-testid="accept-terms">
              Accept these terms
            </button>
            <button type="button" onClick={() => setDeclining(true)} data-testid="decline-terms">
              Decline…
            </button>
          </>
        )}
      </p>
      {isDeclining ? (
        <ReasonDialog
          title="Decline the terms?"
          explains="The other side reads why. Everything stays as it was agreed on."
          act="Decline"
          done={(words) => {
            setDeclining(false);
            if (words !== null) answer("decline", words);
          }}
        />
      ) : null}
    </section>
  );
}

function may(contract: Contract, action: string): boolean {
  return contract.allowed_actions.some((one) => one.action === action && one.allowed);
}

/** What becomes otherwise, a line for each. */
export function changesOf(before: Work, after: Work, currency: string): readonly string[] {
  const lines: (string | false)[] = [
    before.rate_minor !== after.rate_minor && `An hour is paid ${sayMoney(after.rate_minor, currency)} in weeks that begin then, ${sayMoney(before.rate_minor, currency)} so far.`,
    before.weekly_cap_minutes !== after.weekly_cap_minutes && `Up to ${after.weekly_cap_minutes / 60} hours a week, ${before.weekly_cap_minutes / 60} so far.`,
    before.review_days !== after.review_days && `${after.review_days} days to look at what is handed in, ${before.review_days} so far.`,
    before.notice_days !== after.notice_days && `${after.notice_days} days of notice, ${before.notice_days} so far.`,
    before.revisions !== after.revisions && `${after.revisions} revisions of each further milestone, ${before.revisions} so far.`,
    before.scope !== after.scope && `What is to be done: ${after.scope === "" ? "nothing more is said" : after.scope}`,
  ];
  return lines.filter((one): one is string => one !== false);
}

function ProposeTerms({ room }: { room: RoomProps }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const { work, currency, kind, contract_id } = room.contract;
  const isHourly = kind === "hourly";
  const send = async (form: HTMLFormElement): Promise<void> => {
    const entered = new Entered(new FormData(form));
    const terms = {
      scope: entered.text("scope"),
      rate_minor: isHourly ? (readMoney(entered.text("rate"), currency) ?? 0) : 0,
      weekly_cap_minutes: isHourly ? Math.round(Number(entered.text("cap")) * 60) : 0,
      review_days: Number(entered.text("review_days")),
      notice_days: Number(entered.text("notice_days")),
      revisions: Number(entered.text("revisions")),
    };
    setProblem(await room.ask("POST", `/v1/contracts/${contract_id}/terms`, { terms, words: entered.text("words") }, true));
  };
  return (
    <details>
      <summary>Propose other terms</summary>
      <form
        class="form hand-in"
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
        data-testid="terms-form"
      >
        {isHourly ? (
          <>
            <Field name="rate" label={`For an hour (${currency})`} value={writeMoney(work.rate_minor, currency)} />
            <Field name="cap" label="Hours a week at most" value={String(work.weekly_cap_minutes / 60)} />
          </>
        ) : null}
        <Field name="review_days" label="Days to look at what is handed in" value={String(work.review_days)} />
        <Field name="notice_days" label="Days of notice" value={String(work.notice_days)} />
        {isHourly ? <input type="hidden" name="revisions" value={work.revisions} /> : <Field name="revisions" label="Revisions of each further milestone" value={String(work.revisions)} />}
        <p class="field">
          <label for="terms-scope">What is to be done</label>
          <textarea id="terms-scope" name="scope" rows={4} maxLength={4000} defaultValue={work.scope} />
        </p>
        <p class="field">
          <label for="terms-words">A word to the other side</label>
          <textarea id="terms-words" name="words" rows={2} maxLength={2000} />
        </p>
        <p class="acts">
          <button type="submit" data-testid="propose-terms">
            Propose them
          </button>
        </p>
        <Failure problem={problem} />
      </form>
    </details>
  );
}

function Field({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <p class="field">
      <label for={`terms-${name}`}>{label}</label>
      <input id={`terms-${name}`} name={name} inputMode="decimal" required defaultValue={value} />
    </p>
  );
}
