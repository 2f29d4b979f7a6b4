import { useState } from "preact/hooks";
import { type CaseShown, PENALTIES, type Penalty } from "../shared/review_told";
import type { Act } from "./case";

/** The end of a review: dismissed as a whole, or a penalty. Which of the two is open follows from the flags. */
export function Decide({ told, act }: { told: CaseShown; act: Act }) {
  const [penalty, setPenalty] = useState<Penalty>("reprimand");
  const [words, setWords] = useState("");
  const judged = told.mine?.verdicts ?? [];
  const left = told.flags.length - judged.length;
  const hasUpheld = judged.some((one) => one.is_upheld);
  if (left > 0) {
    return (
      <p class="decide hint" role="status" data-testid="left">
        {left === 1 ? "One flag is" : `${left} flags are`} left to judge before you can decide.
      </p>
    );
  }
  const isReady = words.trim() !== "";
  return (
    <form
      class="decide"
      aria-labelledby="decide-title"
      data-testid="decide"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void act(hasUpheld ? "penalty" : "clear", hasUpheld ? { penalty, words: words.trim() } : { words: words.trim() });
      }}
    >
      <h3 id="decide-title">{hasUpheld ? "What should follow" : "You dismissed everything"}</h3>
      {hasUpheld ? (
        <>
          <p class="hint">Nothing follows from one person alone, and nothing before the candidate had time to contest it.</p>
          <fieldset>
            <legend>The mildest that is fair</legend>
            {(Object.keys(PENALTIES) as Penalty[]).map((one) => (
              <label key={one}>
                <input type="radio" name="penalty" value={one} checked={penalty === one} onChange={() => setPenalty(one)} /> {PENALTIES[one]}
              </label>
            ))}
          </fieldset>
        </>
      ) : null}
      <label>
        In words, for the candidate
        <textarea rows={3} maxLength={2000} required value={words} onInput={(event) => setWords(event.currentTarget.value)} data-testid="decide-words" />
      </label>
      <p class="acts">
        <button type="submit" class="primary" disabled={!isReady} data-testid="decide-give">
          {hasUpheld ? "Give my decision" : "Nothing is held against them"}
        </button>
      </p>
    </form>
  );
}

/** The answer to an appeal, by somebody who took no part in the decision. */
export function Answer({ act }: { act: Act }) {
  const [words, setWords] = useState("");
  const isReady = words.trim() !== "";
  const give = (isOverturned: boolean): void => void (isReady && act("answer", { is_overturned: isOverturned, words: words.trim() }));
  return (
    <form class="decide" aria-labelledby="answer-title" data-testid="answer" onSubmit={(event) => event.preventDefault()}>
      <h3 id="answer-title">Your answer to the candidate</h3>
      <p class="hint">You took no part in the decision. In doubt, it is the candidate's.</p>
      <label>
        In words
        <textarea rows={3} maxLength={2000} required value={words} onInput={(event) => setWords(event.currentTarget.value)} data-testid="answer-words" />
      </label>
      <p class="acts">
        <button type="button" onClick={() => give(false)} disabled={!isReady} data-testid="confirm">
          The decision stands
        </button>
        <button type="button" class="primary" onClick={() => give(true)} disabled={!isReady} data-testid="overturn">
          Overturn it
        </button>
      </p>
    </form>
  );
}
