import { focusOnce } from "../../shared/focus";
import type { Question } from "../../shared/exam";
import { sayClock } from "../../shared/wording";
import type { Collision } from "./answer_book";
import { sayResponse } from "./responses";

/** One question was answered in two places. Both answers are stored; the candidate says which one counts. */
export function CollisionChoice(props: { collision: Collision; question: Question | null; useMine: () => void; keepOther: () => void }) {
  const { mine, theirs } = props.collision;
  return (
    <section class="collision" role="group" aria-labelledby="collision-title" data-testid="collision">
      <h2 id="collision-title" tabIndex={-1} ref={focusOnce}>
        You answered this question in two places
      </h2>
      <p>
        The answer from your other tab or device came first and counts at the moment. The one from here is stored beside it.
        Nothing is lost: choose the one that shall count.
      </p>
      <div class="two">
        <div>
          <h3>From here</h3>
          <blockquote>{sayResponse(props.question, mine.response)}</blockquote>
          <button type="button" class="primary" onClick={props.useMine} data-testid="use-mine">
            Use this one
          </button>
        </div>
        <div>
          <h3>From elsewhere, saved at {sayClock(theirs.at_ms)}</h3>
          <blockquote>{sayResponse(props.question, theirs.response)}</blockquote>
          <button type="button" onClick={props.keepOther} data-testid="keep-other">
            Keep the other
          </button>
        </div>
      </div>
    </section>
  );
}
