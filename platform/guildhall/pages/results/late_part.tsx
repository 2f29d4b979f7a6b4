import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import type { AnswerShown } from "../shared/exam";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { ReasonDialog } from "../shared/reason_dialog";
import { ResponseView } from "../shared/response_view";
import type { ResultShown } from "../shared/results_told";
import { sayCount, sayDay } from "../shared/wording";

interface Late {
  readonly key: string;
  readonly at_ms: number;
  readonly client_at_ms: number;
  readonly answer: AnswerShown;
}

interface Supervised {
  readonly late_answers: readonly Late[];
  readonly late_deletions: readonly { readonly at_ms: number; readonly count: number; readonly reason: string }[];
}

/** Answers that came after the end: read and deleted by whoever supervises the exam, and gone by themselves one day. */
export function LatePart({ api, shown }: { api: Api; shown: ResultShown }) {
  const [told, setTold] = useState<Supervised | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isAsking, setAsking] = useState(false);
  if (shown.late_kept_until_ms === null) return null;
  // A result goes by the name of its attempt.
  const path = `/v1/attempts/${encodeURIComponent(shown.summary.result_id)}`;
  const ask = async (method: "GET" | "POST", rest: string, body?: object): Promise<void> => {
    const answer = await api.ask<Supervised>(method, `${path}/${rest}`, body);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) setTold(answer.reply);
  };
  return (
    <section aria-labelledby="late" class="figures" data-testid="late-answers">
      <h3 id="late">After the end</h3>
      <Failure problem={problem} />
      {told === null ? (
        <>
          <p>
            Answers reached the server after the end. They do not count, and are kept apart until {sayDay(shown.late_kept_until_ms)} for whoever
            supervises the exam to decide about.
          </p>
          <p class="acts">
            <button type="button" onClick={() => void ask("GET", "supervision")} data-testid="look-late">
              Look at them
            </button>
          </p>
        </>
      ) : (
        <>
          {told.late_answers.length === 0 ? (
            <p role="status">{told.late_deletions.length === 0 ? "There are none any more." : `${sayCount(told.late_deletions.at(-1)?.count ?? 0, "answer was", "answers were")} deleted.`}</p>
          ) : (
            <>
              <ol class="items answered">
                {told.late_answers.map((late) => (
                  <li key={late.key} data-testid="late-answer">
                    <p class="hint">
                      To question {placeOf(shown, late)}: written {sayDay(late.client_at_ms)} by the clock of their device, here {sayDay(late.at_ms)}
                    </p>
                    <Response shown={shown} late={late} />
                  </li>
                ))}
              </ol>
              <p class="acts">
                <button type="button" onClick={() => setAsking(true)} data-testid="delete-late">
                  Delete them…
                </button>
              </p>
            </>
          )}
        </>
      )}
      {isAsking ? (
        <ReasonDialog
          title={`Delete what ${shown.summary.candidate_name} sent after the end`}
          explains="All of it, for good. That it was there, how much it was, and your reason stay in the audit log."
          act="Delete them"
          done={(reason) => {
            setAsking(false);
            if (reason !== null) void ask("POST", "delete-late", { reason });
          }}
        />
      ) : null}
    </section>
  );
}

function placeOf(shown: ResultShown, late: Late): number {
  return shown.items.findIndex((item) => item.score.slot_id === late.answer.slot_id) + 1;
}

function Response({ shown, late }: { shown: ResultShown; late: Late }) {
  const item = shown.items.find((one) => one.score.slot_id === late.answer.slot_id);
  return item === undefined ? null : <ResponseView question={item.question} response={late.answer.response} />;
}
