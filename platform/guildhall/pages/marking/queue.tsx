import { type Owner, sayOwner } from "../shared/organisations";
import type { QuestionListed } from "../shared/results_told";
import { sayCount } from "../shared/wording";

/** What there is to mark, a question at a time. */
export function Queue({ questions, owners, isGone }: { questions: readonly QuestionListed[]; owners: readonly Owner[] | null; isGone: boolean }) {
  return (
    <section aria-labelledby="queue-title" class="queue">
      <h2 id="queue-title">Question by question</h2>
      <p class="hint">
        You mark all answers to one question before the next: it is quicker, and the measure stays the same for everybody.
      </p>
      {isGone ? <p role="status">Everything of that question is marked.</p> : null}
      {questions.length === 0 ? (
        <p class="nothing" data-testid="nothing-to-mark">
          Nothing waits to be marked. Answers appear here as soon as somebody hands in an exam with questions that people mark.
        </p>
      ) : (
        <ul class="lines">
          {questions.map((question) => (
            <li key={`${question.delivery_id}/${question.version_id}`} data-testid="question-to-mark">
              <div>
                <strong>{question.prompt}</strong>
                <span class="since">{[question.delivery_title, sayOwner(owners, question.organisation_id)].filter((words) => words !== "").join(" · ")}</span>
                <Progress question={question} />
              </div>
              <a class="button" href={`#${question.delivery_id}/${question.version_id}`}>
                {question.mine_open > 0 ? "Go on" : "Mark"}
                <span class="unseen">: {question.prompt}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function Progress({ question }: { question: QuestionListed }) {
  const left = question.total - question.final;
  return (
    <span class="progress">
      <progress value={question.final} max={question.total} aria-label={`${question.final} of ${question.total} marked`} />
      <span>
        {sayCount(left, "mark", "marks")} left of {question.total}
      </span>
    </span>
  );
}
