import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import { KIND_WORDS, type OpportunityToReview, POSTING_WORDS, type Posting, sayPass, sayPay, TONES } from "../shared/hiring_told";
import { type Act, Decisions, Lease, Opened, useCase } from "../shared/review_queue/deciding";
import { useLooking } from "../shared/use_looking";
import { sayCount, sayDay } from "../shared/wording";

const ACTS: Readonly<Record<string, Act>> = {
  claim: { words: "Take it", primary: true },
  approve: { words: "Publish it", primary: true },
  return: { words: "Return it…", explains: "It becomes a draft again, and its client reads the reason." },
  release: { words: "Give it back" },
};
const EDIT_ACTS: Readonly<Record<string, Act>> = {
  ...ACTS,
  approve: { words: "Publish the changes", primary: true },
  return: { words: "Return them…", explains: "It stays published as it was, and its client reads the reason." },
};
const REASON_CHARACTERS = 400;

/** One opportunity as its client wrote it, and what may be decided. What one may not do says why. */
export function OnePart({ api, opportunityId }: { api: Api; opportunityId: string }) {
  const path = `/v1/moderation/opportunities/${encodeURIComponent(opportunityId)}`;
  const opened = useCase<OpportunityToReview>(api, path, REASON_CHARACTERS);
  useLooking(api, ["opportunities"], opened.read.again);
  const press = (action: string, act: Act): void => opened.press(act, (why) => opened.post(`${path}/actions`, { action, ...why }));
  return (
    <Opened opened={opened} back="All that waits" waiting="Opening it…">
      {(shown) => (
        <section class="card" aria-labelledby="one" data-testid="to-review" data-state={shown.state}>
          <Written shown={shown} />
          <Decisions held={shown} acts={shown.before === null ? ACTS : EDIT_ACTS} onPress={press}>
            <Lease held={shown} />
          </Decisions>
          <Failure problem={opened.problem} />
        </section>
      )}
    </Opened>
  );
}

/** Changes of what is published: how it would be, beside how everybody reads it now. */
function Changed({ before, shown }: { before: Posting; shown: OpportunityToReview }) {
  const { posting } = shown;
  const pay = (one: Posting): string => sayPay({ ...shown, ...one });
  const passes = (one: Posting): string => one.credentials.map(sayPass).join(", ") || "none";
  return (
    <div data-testid="changes">
      <p class="hint">Its client wants to change what is published. Until you decide everybody reads it as it was.</p>
      <p class="written">{posting.description}</p>
      <details open>
        <summary>As everybody reads it now</summary>
        <p>
          {before.title} · <span class="pay">{pay(before)}</span> · passes: {passes(before)}
        </p>
        {before.description === posting.description ? <p class="hint">The description is the same.</p> : <p class="written">{before.description}</p>}
      </details>
    </div>
  );
}

function Written({ shown }: { shown: OpportunityToReview }) {
  const { posting } = shown;
  return (
    <>
      <div class="top">
        <h2 id="one">{shown.title}</h2>
        <span class="badge" data-tone={TONES[shown.state] ?? ""}>
          {POSTING_WORDS[shown.state] ?? shown.state}
        </span>
      </div>
      <p class="lead">
        {shown.client} · <span class="pay">{sayPay(shown)}</span> · {KIND_WORDS[shown.kind]} · {sayCount(shown.positions, "position", "positions")}
      </p>
      {shown.was_returned_for === "" ? null : <p class="hint">It was returned before: {shown.was_returned_for}</p>}
      {shown.before === null ? (
        <p class="written">{posting.description}</p>
      ) : (
        <Changed before={shown.before} shown={shown} />
      )}
      <ul class="tags" aria-label="Skills">
        {posting.skills.map((skill) => (
          <li key={skill}>{skill}</li>
        ))}
      </ul>
      <dl class="facts">
        <dt>Applications until</dt>
        <dd>{sayDay(posting.closes_at_ms)}</dd>
        {posting.questions.length === 0 ? null : (
          <>
            <dt>Asks</dt>
            <dd>{posting.questions.join(" ")}</dd>
          </>
        )}
        {posting.credentials.length === 0 ? null : (
          <>
            <dt>Passes</dt>
            <dd>{posting.credentials.map(sayPass).join(", ")}</dd>
          </>
        )}
      </dl>
    </>
  );
}
