import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import type { AttemptListed, ExamDoor, OwnResultListed } from "../shared/exams_told";
import { OwnResult } from "../results/own_result";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { RightsListed } from "../shared/review_told";
import { saveFile } from "../shared/save_file";
import { Asking } from "./asking";
import { isOver, sayMoment, sayResult, sayState } from "./saying";

interface LineProps {
  readonly api: Api;
  readonly attempt: AttemptListed;
  readonly result: OwnResultListed | null;
  /** Of an exam before a camera: where the review of what was flagged stands. */
  readonly watched: RightsListed | null;
  /** Of its questions: the invitation that it came of, where that has no card of its own; else of itself. */
  readonly anchor: string;
}

/** One attempt: where it stands, the way back into it or its receipt, and its result once there is one. */
export function AttemptLine({ api, attempt, result, watched, anchor }: LineProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isOpen, setOpen] = useState(false);
  const over = isOver(attempt);
  const path = `/v1/attempts/${encodeURIComponent(attempt.id)}`;

  const download = async (): Promise<void> => {
    const answer = await api.ask<object>("GET", `${path}/receipt`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveFile(`receipt-${attempt.id}.json`, "application/json", JSON.stringify(answer.reply, null, 2));
  };
  const goOn = async (): Promise<void> => {
    const answer = await api.ask<ExamDoor>("POST", `${path}/doors`, {});
    if ("reply" in answer) location.assign(answer.reply.url);
    else setProblem(answer.problem);
  };
  const name = `${attempt.exam_title}, attempt ${attempt.number}`;
  return (
    <li data-testid="attempt" data-state={attempt.state}>
      <div>
        <strong>{attempt.exam_title}</strong>
        <span class="since">
          Attempt {attempt.number}
          {attempt.is_practice ? ", practice run" : ""} · {sayState(attempt)}, {sayMoment(attempt.over_at_ms ?? attempt.state_since_ms)}
        </span>
        {over && attempt.state !== "voided" ? (
          <span class="result" data-testid="result" data-pass={result?.is_pass ?? ""}>
            {sayResult(result, watched?.state ?? "no_flags")}
          </span>
        ) : null}
        <Failure problem={problem} />
      </div>
      {result?.state === "released" ? (
        <button
          type="button"
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
          aria-label={`${isOpen ? "Close" : "Show"} the result of ${name}`}
          data-testid="show-result"
        >
          {isOpen ? "Close" : "Show it"}
        </button>
      ) : null}
      {over && watched !== null ? (
        <a class="button" href={`/rights#${encodeURIComponent(attempt.id)}`} data-testid="to-rights" data-state={watched.state}>
          What was flagged<span class="unseen"> in {name}</span>
        </a>
      ) : null}
      {over ? (
        attempt.receipt === null ? null : (
          <button type="button" onClick={() => void download()} aria-label={`Download the receipt of ${name}`} data-testid="receipt">
            Receipt
          </button>
        )
      ) : (
        <button type="button" class="primary" onClick={() => void goOn()} aria-label={`Go on with ${name}`} data-testid="go-on">
          Go on
        </button>
      )}
      <Asking api={api} path={`${path}/conversation`} anchor={anchor} title={name} />
      {isOpen ? <OwnResult api={api} attemptId={attempt.id} /> : null}
    </li>
  );
}
