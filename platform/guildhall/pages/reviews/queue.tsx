import { type ReviewListed, type ReviewQueue, sayWhen } from "../shared/review_told";
import { sayClock, sayCount } from "../shared/wording";

/** What waits for this person. Nobody's name is on it, and a second review looks like a first one. */
export function Queue({ queue }: { queue: ReviewQueue }) {
  return (
    <section aria-labelledby="queue-title" class="queue">
      <h2 id="queue-title">What was flagged, exam by exam</h2>
      <p class="hint">
        A flag is a claim of a machine or of a proctor, and no finding. One person can dismiss; for anything held against somebody
        it takes two who do not know of each other. You never see a case again that you decided.
      </p>
      {queue.items.length === 0 ? (
        <p class="nothing" data-testid="nothing-to-review">
          Nothing waits for you. Cases appear here by themselves once an exam with flags is over.
        </p>
      ) : (
        <ul class="lines">
          {queue.items.map((one) => (
            <li key={one.id} data-testid="review" data-review={one.id}>
              <div>
                <strong>{one.pseudonym}</strong>
                <span class="since">
                  {sayCount(one.flags, "flag", "flags")} · since {sayWhen(one.opened_at_ms)}
                  {one.is_appeal ? " · contested by the candidate" : ""}
                </span>
              </div>
              {one.is_mine ? <span class="badge">Yours until {sayClock(one.until_ms)}</span> : null}
              <a class="button" href={`#${encodeURIComponent(one.id)}`}>
                {act(one)}
                <span class="unseen">: {one.pseudonym}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {queue.others === 0 ? null : (
        <p class="hint">
          {sayCount(queue.others, "other case is", "other cases are")} with somebody else, or not for you to decide.
        </p>
      )}
    </section>
  );
}

function act(one: ReviewListed): string {
  if (one.is_mine) return "Go on";
  return one.is_appeal ? "Answer" : "Review";
}
