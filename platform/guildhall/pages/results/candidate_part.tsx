import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import type { UploadedFile } from "../shared/exam";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { Waiting, useRead } from "../shared/reading";
import { picturesBelow, QuestionText, ResponseView, sayKey } from "../shared/response_view";
import { type GradeShown, type ResultShown, type StaffItem, type StaffMark, sayEarned, sayPercent, sayPoints } from "../shared/results_told";
import { saveBlob } from "../shared/save_file";
import { sayDay } from "../shared/wording";
import { Badges } from "./badges";
import { LatePart } from "./late_part";
import { ResultActs } from "./result_acts";

const ROLES = { first: "First marker", second: "Second marker", reconciling: "Reconciling" } as const;

/** One candidate's whole result: what they answered, what it earned and who said so, and how it came to stand. */
export function CandidatePart({ api, deliveryId, resultId }: { api: Api; deliveryId: string; resultId: string }) {
  const read = useRead<ResultShown>(api, `/v1/results/${encodeURIComponent(resultId)}`);
  const shown = read.value;
  const [failure, setFailure] = useState<Problem | null>(null);
  // A result goes by the name of its attempt.
  const download = async (file: UploadedFile): Promise<void> => {
    const path = `/v1/marking/attempts/${encodeURIComponent(resultId)}/files/${encodeURIComponent(file.sha256)}`;
    const answer = await api.askBlob(path);
    setFailure("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(file.name, answer.reply);
  };
  return (
    <>
      <p>
        <a href={`#${deliveryId}`}>Everybody’s results</a>
      </p>
      {shown === null ? (
        <Waiting read={read} words="Opening the result…" />
      ) : (
        <>
          <Failure problem={failure ?? read.problem} />
          <Head api={api} shown={shown} changed={() => read.again()} />
          <section aria-labelledby="answers" class="figures">
            <h3 id="answers">Answers</h3>
            <ol class="items answered">
              {shown.items.map((item, place) => (
                <Item
                  key={item.score.slot_id}
                  api={api}
                  number={place + 1}
                  item={item}
                  marks={shown.marks.filter((mark) => mark.slot_id === item.score.slot_id)}
                  shown={shown}
                  download={(file) => void download(file)}
                />
              ))}
            </ol>
          </section>
          <LatePart api={api} shown={shown} />
          <History shown={shown} />
        </>
      )}
    </>
  );
}

function Head({ api, shown, changed }: { api: Api; shown: ResultShown; changed: () => void }) {
  const { summary } = shown;
  return (
    <section class="head" aria-labelledby="candidate-name" data-testid="candidate-result" data-state={summary.state}>
      <div>
        <h2 id="candidate-name">{summary.candidate_name}</h2>
        <p>
          <Badges result={summary} />
        </p>
        <p>{sayGrade(summary.grade)}.</p>
        <p class="hint" data-testid="decided">
          {sayStanding(shown)}
        </p>
        {summary.credential_id === "" ? null : (
          <p>
            <a href={`/credential#${encodeURIComponent(summary.credential_id)}`} data-testid="credential-link">
              The credential
            </a>
          </p>
        )}
      </div>
      <p class="acts">
        <a class="button" href={`/report#${encodeURIComponent(summary.result_id)}`}>
          What was flagged
        </a>
        <ResultActs api={api} result={summary} changed={changed} canRevoke />
      </p>
    </section>
  );
}

interface ItemProps {
  readonly api: Api;
  readonly number: number;
  readonly item: StaffItem;
  readonly marks: readonly StaffMark[];
  readonly shown: ResultShown;
  readonly download: (file: UploadedFile) => void;
}

function Item({ api, number, item, marks, shown, download }: ItemProps) {
  const pictures = picturesBelow(api, `/v1/banks/${encodeURIComponent(item.bank_id)}`);
  const { question, key, response, score } = item;
  return (
    <li data-testid="answered" data-slot={score.slot_id}>
      <h4>Question {number}</h4>
      <QuestionText question={question} pictures={pictures} />
      <ResponseView question={question} response={response} pictures={pictures} download={download} />
      <p class="own-points">
        {score.earned_centipoints === null
          ? `Not marked yet, worth ${sayPoints(score.worth_centipoints)}`
          : sayEarned(score.earned_centipoints, score.worth_centipoints)}
        {score.is_unreadable ? ": what was written could not be read as a number" : ""}
      </p>
      {key.kind === "rubric" && key.model_answer === "" ? null : (
        <p class="hint">
          {key.kind === "rubric" ? "A model answer" : "Right"}: {sayKey(question, key)}
          {score.corrections === 0 ? "" : " (the key was corrected)"}
        </p>
      )}
      {marks.length === 0 ? null : (
        <ul class="marks">
          {marks.map((mark) => (
            <li key={mark.mark_id} data-testid="staff-mark">
              {ROLES[mark.role]}, {mark.marker_id === "" ? "nobody yet" : sayWho(shown, mark.marker_id)}
              {Object.keys(mark.points).length === 0 ? "" : `: ${sayPointsGiven(item, mark)}`}
              {mark.is_final ? "" : " (not finished)"}
              {mark.comment === "" ? null : <span class="since">{mark.comment}</span>}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function History({ shown }: { shown: ResultShown }) {
  return (
    <section aria-labelledby="history" class="figures">
      <h3 id="history">How it came to stand</h3>
      <ol class="marks" data-testid="grade-history">
        {[...shown.history, shown.summary.grade].map((grade) => (
          <li key={grade.at_ms}>
            {sayDay(grade.at_ms)}: {sayGrade(grade)}
            <span class="since">
              {grade.reason} By {sayWho(shown, grade.by)}.
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function sayGrade(grade: GradeShown): string {
  const earned = sayEarned(grade.earned_centipoints, grade.worth_centipoints);
  return grade.is_pass === null ? `${earned} so far` : `${earned}, ${sayPercent(grade.percent_hundredths)}, ${grade.is_pass ? "passed" : "not passed"}`;
}

/** Which state it is in since when and by whom, as far as that is known. */
function sayStanding(shown: ResultShown): string {
  const { summary, decided_by } = shown;
  const by = decided_by === "" ? "" : ` by ${sayWho(shown, decided_by)}`;
  if (summary.state === "released") return `Released${summary.released_at_ms === null ? "" : ` ${sayDay(summary.released_at_ms)}`}${by}.`;
  if (summary.state === "withheld") return `Withheld${by}: ${summary.reason}`;
  if (summary.state === "held") return "Marked, and held until what was flagged in the exam has been reviewed.";
  if (summary.state === "marked" && summary.release_at_ms > 0) return `Released by itself ${sayDay(summary.release_at_ms)}.`;
  return summary.state === "marked" ? "Marked, and not released yet." : "Not marked to the end yet.";
}

function sayWho(shown: ResultShown, accountId: string): string {
  if (accountId.startsWith("system:")) return "the exam’s own rules";
  return shown.names[accountId] ?? "somebody who has left";
}

function sayPointsGiven({ key }: StaffItem, mark: StaffMark): string {
  const criteria = key.kind === "rubric" ? key.criteria : [];
  return Object.entries(mark.points)
    .map(([id, centipoints]) => {
      const title = criteria.find((one) => one.id === id)?.title ?? "";
      return title === "" ? sayPoints(centipoints) : `${sayPoints(centipoints)} for ${title}`;
    })
    .join(", ");
}
