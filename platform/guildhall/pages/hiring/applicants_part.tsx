import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { ConfirmDialog } from "../shared/confirm_dialog";
import { Failure } from "../shared/form";
import { type Applicant, KIND_WORDS, may, POSTING_WORDS, type Posted, sayPay, TONES, whyNot } from "../shared/hiring_told";
import type { Problem } from "../shared/messages";
import { useList, useRead, Waiting } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayCount, sayDay } from "../shared/wording";
import { ApplicantCard } from "./applicant_card";

const ACTS: Readonly<Record<string, string>> = { publish: "Publish", recall: "Take it back", pause: "Pause", resume: "Go on", reopen: "Open again", close: "Close…" };

/** One opportunity of a client's: its positions, and whoever applied, side by side. */
export function ApplicantsPart({ api, opportunityId }: { api: Api; opportunityId: string }) {
  const path = `/v1/hiring/opportunities/${encodeURIComponent(opportunityId)}`;
  const read = useRead<Posted>(api, path);
  const list = useList<Applicant>(api, `${path}/applicants?limit=100`);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isClosing, setClosing] = useState(false);
  const [open, setOpen] = useState("");
  const look = (): void => {
    read.again();
    list.again();
  };
  useLooking(api, ["opportunities", "applications"], look);
  const act = async (to: string, body: object): Promise<void> => {
    const answer = await api.ask<Posted>("POST", `${path}/${to}`, body);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    read.put(answer.reply);
    list.again();
  };
  const back = (
    <p>
      <a href="#">All that is posted</a>
    </p>
  );
  const shown = read.value;
  if (shown === null) {
    return (
      <>
        {back}
        <h1>Applicants</h1>
        <Waiting read={read} words="Opening it…" />
      </>
    );
  }
  const people = list.value ?? [];
  const closing = whyNot(shown, "close");
  return (
    <>
      {back}
      <h1>{shown.title}</h1>
      <section class="card" aria-label="The opportunity" data-testid="posting" data-state={shown.state}>
        <div class="top">
          <span>
            {shown.client} · <span class="pay">{sayPay(shown)}</span> · {KIND_WORDS[shown.kind]}
          </span>
          <span class="badge" data-tone={TONES[shown.state] ?? ""}>
            {POSTING_WORDS[shown.state] ?? shown.state}
          </span>
        </div>
        <p data-testid="places">
          {sayCount(shown.positions, "position", "positions")}: {shown.positions_filled} filled, {shown.positions_offered} offered, {shown.positions_free} free. Applications until {sayDay(shown.closes_at_ms)}.
        </p>
        {shown.state === "draft" ? <p class="hint">A draft: nobody else sees it until you publish it.</p> : null}
        {shown.was_returned_for === "" ? null : <p data-testid="returned-for">An administrator returned it: {shown.was_returned_for}</p>}
        {shown.edit === null ? null : (
          <p data-testid="edit-waits">
            {shown.edit.returned_for === "" ? "Your changes wait for an administrator. Until then everybody reads it as it was." : `An administrator returned your changes, and everybody reads it as it was: ${shown.edit.returned_for}`}
          </p>
        )}
        {shown.state === "pending_review" ? <p class="hint">An administrator looks at it before agents find it. You are told how it went.</p> : null}
        <p class="acts">
          {Object.entries(ACTS).map(([action, words]) =>
            may(shown, action) ? (
              <button key={action} type="button" class={action === "publish" ? "primary" : ""} onClick={() => (action === "close" ? setClosing(true) : void act("actions", { action }))} data-testid={action}>
                {action === "recall" && shown.edit !== null ? "Take the changes back" : words}
              </button>
            ) : null,
          )}
          {may(shown, "edit") ? (
            <a class="button" href={`#edit/${shown.opportunity_id}`} data-testid="edit">
              Change
            </a>
          ) : null}
          {closing === null ? null : <span class="hint">Close: {closing}.</span>}
        </p>
        {shown.state === "published" ? (
          <form
            class="acts"
            onSubmit={(event) => {
              event.preventDefault();
              const form = event.currentTarget;
              void act("invitations", { email: String(new FormData(form).get("email")).trim() }).then(() => form.reset());
            }}
          >
            <label for="email">Invite by address</label>
            <input id="email" name="email" type="email" required maxLength={254} autocomplete="off" />
            <button type="submit">Invite</button>
            <span class="hint" role="status">
              {shown.invited.length === 0 ? "" : `Invited: ${shown.invited.join(", ")}`}
            </span>
          </form>
        ) : null}
        <Failure problem={problem ?? read.problem} />
      </section>
      <section aria-labelledby="applicants">
        <h2 id="applicants">Applicants</h2>
        <Waiting read={list} words="Looking who applied…" />
        {list.value !== null && people.length === 0 ? <p class="nothing">{shown.state === "draft" ? "Publish it, and agents find it." : "Nobody has applied yet. Whoever does shows up here by itself."}</p> : null}
        <ul class="compare" data-testid="applicants">
          {people.map((one) => (
            <li key={one.application_id}>
              <ApplicantCard
                api={api}
                shown={shown}
                applicant={one}
                isOpen={open === one.application_id}
                setOpen={(isOpen) => setOpen(isOpen ? one.application_id : "")}
                changed={(now) => {
                  list.put(people.map((other) => (other.application_id === now.application_id ? now : other)));
                  read.again();
                }}
              />
            </li>
          ))}
        </ul>
        {list.hasMore ? (
          <p>
            <button type="button" onClick={() => list.more()}>
              Show more
            </button>
          </p>
        ) : null}
      </section>
      {isClosing ? (
        <ConfirmDialog
          title="Close it?"
          act="Close it"
          done={(isMeant) => {
            setClosing(false);
            if (isMeant) void act("actions", { action: "close" });
          }}
        >
          Everybody who still waits is told that it was closed. You can open it again for a while.
        </ConfirmDialog>
      ) : null}
    </>
  );
}
