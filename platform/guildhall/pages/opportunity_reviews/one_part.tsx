import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import { KIND_WORDS, may, type OpportunityToReview, POSTING_WORDS, sayPass, sayPay, TONES, whyNot } from "../shared/hiring_told";
import type { Problem } from "../shared/messages";
import { useRead, Waiting } from "../shared/reading";
import { ReasonDialog } from "../shared/reason_dialog";
import { useLooking } from "../shared/use_looking";
import { sayCount, sayDay } from "../shared/wording";

/** One opportunity as its client wrote it, and what may be decided. What one may not do says why. */
export function OnePart({ api, opportunityId }: { api: Api; opportunityId: string }) {
  const path = `/v1/moderation/opportunities/${encodeURIComponent(opportunityId)}`;
  const read = useRead<OpportunityToReview>(api, path);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isReturning, setReturning] = useState(false);
  useLooking(api, ["opportunities"], read.again);
  const decide = async (action: string, reason?: string): Promise<void> => {
    const answer = await api.ask<OpportunityToReview>("POST", `${path}/actions`, reason === undefined ? { action } : { action, reason });
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) read.put(answer.reply);
  };
  const back = (
    <p>
      <a href="#">All that waits</a>
    </p>
  );
  const shown = read.value;
  if (shown === null) {
    return (
      <>
        {back}
        <Waiting read={read} words="Opening it…" />
      </>
    );
  }
  const { posting } = shown;
  const taking = shown.is_mine ? null : whyNot(shown, "claim");
  return (
    <>
      {back}
      <section class="card" aria-labelledby="one" data-testid="to-review" data-state={shown.state}>
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
        <p class="written">{posting.description}</p>
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
        <p class="acts">
          {may(shown, "claim") && !shown.is_mine ? (
            <button type="button" class="primary" onClick={() => void decide("claim")} data-testid="claim">
              Take it
            </button>
          ) : null}
          {may(shown, "approve") ? (
            <button type="button" class="primary" onClick={() => void decide("approve")} data-testid="approve">
              Publish it
            </button>
          ) : null}
          {may(shown, "return") ? (
            <button type="button" onClick={() => setReturning(true)} data-testid="return">
              Return it…
            </button>
          ) : null}
          {may(shown, "release") ? (
            <button type="button" onClick={() => void decide("release")} data-testid="release">
              Give it back
            </button>
          ) : null}
          <span class="hint">
            {shown.is_mine && shown.lease_until_ms !== null ? `Yours until ${sayDay(shown.lease_until_ms)}.` : ""}
            {taking === null ? "" : `Take it: ${taking}.`}
          </span>
        </p>
        <Failure problem={problem ?? read.problem} />
      </section>
      {isReturning ? (
        <ReasonDialog
          title="Return it?"
          explains="It becomes a draft again, and its client reads the reason."
          act="Return it"
          done={(reason) => {
            setReturning(false);
            if (reason !== null) void decide("return", reason);
          }}
        />
      ) : null}
    </>
  );
}
