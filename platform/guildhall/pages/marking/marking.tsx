import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Items } from "../shared/accounts";
import { Failure } from "../shared/form";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import type { QuestionListed } from "../shared/results_told";
import { Desk } from "./desk";
import "./marking.css";
import { Queue } from "./queue";

const api = openApi();

/** The queue; with a question chosen, its answers one after another. The address holds which, so Back leads back. */
function MarkingPage() {
  const [questions, setQuestions] = useState<readonly QuestionListed[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState(location.hash.slice(1));

  const read = async (): Promise<void> => {
    const answer = await api.ask<Items<QuestionListed>>("GET", "/v1/marking");
    if ("reply" in answer) setQuestions(answer.reply.items);
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
  };
  useEffect(() => {
    void read();
    const turn = (): void => {
      setChosen(location.hash.slice(1));
      void read();
    };
    addEventListener("hashchange", turn);
    return () => removeEventListener("hashchange", turn);
  }, []);

  const question = questions?.find((each) => addressOf(each) === chosen) ?? null;
  return (
    <>
      <Masthead>
        <a href="/results">Results</a>
        <a href="/account">Your account</a>
      </Masthead>
      <main>
        <h1>Marking</h1>
        {problem === null ? null : (
          <>
            <Failure problem={problem} />
            <p>
              <button type="button" onClick={() => void read()}>
                Try again
              </button>
            </p>
          </>
        )}
        {questions === null ? (
          problem === null ? (
            <p class="empty" role="status">
              Looking for what there is to mark…
            </p>
          ) : null
        ) : question === null ? (
          <Queue questions={questions} isGone={chosen !== ""} />
        ) : (
          <Desk key={chosen} api={api} question={question} changed={() => void read()} />
        )}
      </main>
    </>
  );
}

export function addressOf(question: QuestionListed): string {
  return `${question.delivery_id}/${question.version_id}`;
}

const page = document.getElementById("page");
if (page !== null) render(<MarkingPage />, page);
