import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { type Entered, Failure, Submit, useSubmit } from "../shared/form";
import { type CredentialRequired, type Exam, type Kind, type Posted, readMoney, sayPass, writeMoney } from "../shared/hiring_told";
import { Labelled, Line } from "../shared/labelled";
import type { Owner } from "../shared/organisations";
import { useRead } from "../shared/reading";
import { Numbered } from "../shared/terms_form";

const DAY_MS = 86_400_000;
const DAYS_OPEN = 30;

/** What a client writes: a draft, or what was posted, to be changed. */
export function PostingForm({ api, owners, posted }: { api: Api; owners: readonly Owner[]; posted: Posted | null }) {
  const before = posted?.edit?.posting ?? posted?.posting;
  const [owner, setOwner] = useState(posted?.organisation_id ?? owners[0]?.id ?? "");
  const exams = useRead<{ readonly items: readonly Exam[] }>(api, `/v1/hiring/exams?organisation_id=${encodeURIComponent(owner)}`);
  const offered = examsFor(exams.value?.items ?? [], before?.credentials ?? []);
  const [kind, setKind] = useState<Kind>(before?.kind ?? "fixed");
  const send = (entered: Entered) => {
    const posting = read(entered, offered);
    return posted === null
      ? api.ask<Posted>("POST", "/v1/hiring/opportunities", { organisation_id: entered.text("organisation_id"), posting })
      : api.ask<Posted>("PUT", `/v1/hiring/opportunities/${posted.opportunity_id}`, { posting });
  };
  const form = useSubmit<Posted>(send, (made) => location.assign(`#${made.opportunity_id}`));
  const { problem } = form;
  return (
    <form class="form" onSubmit={form.onSubmit} data-testid="posting-form">
      {owners.length === 0 ? null : (
        <Labelled name="organisation_id" label="For" problem={problem}>
          {(tied) => (
            <select {...tied} value={owner} onChange={(event) => setOwner(event.currentTarget.value)}>
              {owners.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      )}
      <Line name="posting.title" label="Title" value={before?.title ?? ""} problem={problem} />
      <Labelled name="posting.description" label="What is to be done" hint="And by when, with what, and how you will know that it is good." problem={problem}>
        {(tied) => <textarea {...tied} rows={7} required minLength={10} maxLength={8000} defaultValue={before?.description ?? ""} />}
      </Labelled>
      <div class="pair">
        <Labelled name="posting.kind" label="Paid" problem={problem}>
          {(tied) => (
            <select {...tied} value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
              <option value="fixed">Fixed price, by milestones</option>
              <option value="hourly">By the hour</option>
            </select>
          )}
        </Labelled>
        <Line name="posting.currency" label="Currency" value={before?.currency ?? "EUR"} maxLength={3} problem={problem} />
        <Line name="posting.pay_from_minor" label={kind === "hourly" ? "Pay an hour, from" : "Pay, from"} value={before === undefined ? "" : writeMoney(before.pay_from_minor, before.currency)} problem={problem} />
        <Line name="posting.pay_to_minor" label="To" value={before === undefined ? "" : writeMoney(before.pay_to_minor, before.currency)} problem={problem} />
        <Numbered name="posting.positions" label="Positions" value={before?.positions ?? 1} least={1} most={100} problem={problem} />
        <Labelled name="posting.closes_at_ms" label="Last day to apply" problem={problem}>
          {(tied) => <input {...tied} type="date" required defaultValue={dayOf(before?.closes_at_ms ?? Date.now() + DAYS_OPEN * DAY_MS)} />}
        </Labelled>
      </div>
      <Line name="posting.skills" label="Skills" hint="With commas between them: agents find it by these." value={before?.skills.join(", ") ?? ""} problem={problem} maxLength={500} />
      <Labelled name="posting.questions" label="Questions to whoever applies" hint="One a line; optional." problem={problem}>
        {(tied) => <textarea {...tied} rows={3} maxLength={3000} defaultValue={before?.questions.join("\n") ?? ""} />}
      </Labelled>
      {offered.length === 0 ? null : (
        <fieldset>
          <legend>Exams that whoever applies passes first</legend>
          <p class="hint">Who does not hold the pass is invited to the exam when they apply, and shows up among your applicants as soon as they have passed.</p>
          {offered.map((one) => (
            <p class="choice" key={`${owner}/${one.delivery_id}`}>
              <input id={examField(one)} name={examField(one)} type="checkbox" defaultChecked={before?.credentials.some((asked) => asked.delivery_id === one.delivery_id) ?? false} />
              <label for={examField(one)}>{sayPass(one)}</label>
            </p>
          ))}
        </fieldset>
      )}
      <Labelled name="posting.credentials" label="Other passes that are asked for" hint="One a line, as “title / level”; whoever does not hold them cannot apply. Optional." problem={problem}>
        {(tied) => <textarea {...tied} rows={2} maxLength={1000} defaultValue={heldBefore(before?.credentials ?? [])} />}
      </Labelled>
      <p class="choice">
        <input id="posting.is_blind" name="posting.is_blind" type="checkbox" defaultChecked={before?.is_blind ?? false} />
        <label for="posting.is_blind">Blind: names are shown once somebody is shortlisted</label>
      </p>
      {posted === null || posted.state === "draft" ? null : <p class="hint">Whoever applied is told of another pay, description or question, and confirms before you can make them an offer.</p>}
      <p class="acts">
        <Submit busy={form.busy} testid="keep-posting">
          {posted === null ? "Keep the draft" : "Keep the changes"}
        </Submit>
      </p>
      <Failure problem={problem} />
    </form>
  );
}

const examField = (one: { readonly delivery_id: string }): string => `exam.${one.delivery_id}`;

/** Those to choose among, and those that were chosen and have closed since. */
function examsFor(offered: readonly Exam[], asked: readonly CredentialRequired[]): readonly CredentialRequired[] {
  const gone = asked.filter((one) => one.delivery_id !== "" && !offered.some((exam) => exam.delivery_id === one.delivery_id));
  return [...offered.map(({ title, level, delivery_id }) => ({ title, level, delivery_id })), ...gone];
}

function heldBefore(asked: readonly CredentialRequired[]): string {
  return asked
    .filter((one) => one.delivery_id === "")
    .map((one) => `${one.title} / ${one.level}`)
    .join("\n");
}

function read(entered: Entered, offered: readonly CredentialRequired[]): object {
  const currency = entered.text("posting.currency").toUpperCase();
  const parts = (name: string, between: string): string[] =>
    entered
      .text(name)
      .split(between)
      .map((one) => one.trim())
      .filter((one) => one !== "");
  return {
    title: entered.text("posting.title"),
    description: entered.text("posting.description"),
    kind: entered.text("posting.kind"),
    currency,
    pay_from_minor: readMoney(entered.text("posting.pay_from_minor"), currency),
    pay_to_minor: readMoney(entered.text("posting.pay_to_minor"), currency),
    positions: Number(entered.text("posting.positions")),
    skills: parts("posting.skills", ","),
    questions: parts("posting.questions", "\n"),
    credentials: [
      ...parts("posting.credentials", "\n").map((line) => {
        const [title = "", level = ""] = line.split("/").map((part) => part.trim());
        return { title, level };
      }),
      ...offered.filter((one) => entered.text(examField(one)) !== ""),
    ],
    is_blind: entered.text("posting.is_blind") !== "",
    closes_at_ms: endOfDay(entered.text("posting.closes_at_ms")),
  };
}

/** The last moment of that day where the client sits. */
function endOfDay(day: string): number {
  const at = new Date(`${day}T23:59:59`).getTime();
  return Number.isFinite(at) ? at : 0;
}

function dayOf(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}
