import { useState } from "preact/hooks";
import { Entered, Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { ReasonDialog } from "../shared/reason_dialog";
import { sayDay } from "../shared/wording";
import type { RoomProps } from "./room";
import { sayActor } from "./told";

const SCORE_WORDS: Readonly<Record<string, string>> = { quality: "Quality", communication: "Communication", reliability: "Reliability" };
const SCORES = [5, 4, 3, 2, 1];

/** Reviews: sealed until both are written or the time is over, one reply to each. */
export function ReviewsPart({ room }: { room: RoomProps }) {
  const { reviews, side } = room.contract;
  const [replying, setReplying] = useState(false);
  const may = (action: string): boolean => reviews.allowed_actions.some((one) => one.action === action && one.allowed);
  const at = `/v1/contracts/${room.contract.contract_id}/review`;
  return (
    <section aria-labelledby="reviews" data-testid="reviews">
      <h2 id="reviews">Reviews</h2>
      {reviews.until_ms === null ? null : (
        <p class="since">
          {reviews.written_by.length === 0 ? "Nobody has written yet." : `Written by ${reviews.written_by.map((one) => sayActor(one, side)).join(" and ")}.`} Neither side reads the other's before both are written, or before {sayDay(reviews.until_ms)}.
        </p>
      )}
      {may("review") ? <ReviewForm room={room} at={at} /> : null}
      {reviews.readable.map((one) => (
        <article key={one.by} class="review" data-testid="review">
          <p>
            <strong>By {sayActor(one.by, side)}</strong>{" "}
            <span class="since">
              {Object.entries(one.scores)
                .map(([name, score]) => `${SCORE_WORDS[name] ?? name} ${score} of 5`)
                .join(", ")}
            </span>
          </p>
          <p class="written">{one.words}</p>
          {one.reply === "" ? null : <p class="asked written">Reply: {one.reply}</p>}
          {one.by !== side && may("reply") ? (
            <p class="acts">
              <button type="button" onClick={() => setReplying(true)} data-testid="reply">
                Reply…
              </button>
            </p>
          ) : null}
        </article>
      ))}
      {replying ? (
        <ReasonDialog
          title="Reply"
          explains="Once; everybody who can read the review reads it."
          act="Send the reply"
          done={(words) => {
            setReplying(false);
            if (words !== null) void room.ask("POST", `${at}/reply`, { words });
          }}
        />
      ) : null}
    </section>
  );
}

function ReviewForm({ room, at }: { room: RoomProps; at: string }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const names = room.contract.reviews.scores;
  const send = async (form: HTMLFormElement): Promise<void> => {
    const entered = new Entered(new FormData(form));
    const scores = Object.fromEntries(names.map((name) => [name, Number(entered.text(name))]));
    setProblem(await room.ask("POST", at, { scores, words: entered.text("words") }, true));
  };
  return (
    <form
      class="form hand-in"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      <div class="row">
        {names.map((name) => (
          <p key={name} class="field">
            <label for={`score-${name}`}>{SCORE_WORDS[name] ?? name}</label>
            <select id={`score-${name}`} name={name}>
              {SCORES.map((score) => (
                <option key={score} value={score}>
                  {score} of 5
                </option>
              ))}
            </select>
          </p>
        ))}
      </div>
      <p class="field">
        <label for="review-words">How it was</label>
        <textarea id="review-words" name="words" rows={3} required minLength={3} maxLength={2000} />
      </p>
      <p class="acts">
        <button type="submit" class="primary" data-testid="send-review">
          Seal the review
        </button>
      </p>
      <Failure problem={problem} />
    </form>
  );
}
