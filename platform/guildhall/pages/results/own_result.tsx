import { useEffect, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import type { UploadedFile } from "../shared/exam";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { Pictures } from "../shared/picture";
import { picturesBelow, QuestionText, ResponseView, sayKey } from "../shared/response_view";
import { type OwnItemShown, type OwnResultShown, sayEarned, sayPercent } from "../shared/results_told";
import { saveBlob } from "../shared/save_file";
import "./own_result.css";

/** A candidate's own released result, as much of it as the exam shows; `/exams` opens it. */
export function OwnResult({ api, attemptId }: { api: Api; attemptId: string }) {
  const [result, setResult] = useState<OwnResultShown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    void api.ask<OwnResultShown>("GET", `/v1/attempts/${encodeURIComponent(attemptId)}/result`).then((answer) => {
      if ("reply" in answer) setResult(answer.reply);
      else setProblem(answer.problem);
    });
  }, [attemptId]);

  const path = `/v1/attempts/${encodeURIComponent(attemptId)}`;
  const pictures = picturesBelow(api, path);
  const [failure, setFailure] = useState<Problem | null>(null);
  const download = async (file: UploadedFile): Promise<void> => {
    const answer = await api.askBlob(`${path}/files/${encodeURIComponent(file.sha256)}`);
    setFailure("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(file.name, answer.reply);
  };

  if (problem !== null) return <Failure problem={problem} />;
  if (result === null) return <p role="status">Opening your result…</p>;
  const { summary } = result;
  if (summary.state === "withheld") {
    return (
      <p class="told" data-testid="own-result" data-state="withheld">
        This result is withheld for now. Why: {summary.reason}
      </p>
    );
  }
  return (
    <section class="own-result" aria-label={`Your result of ${summary.exam_title}`} data-testid="own-result" data-state="released">
      <p class="verdict" data-pass={summary.is_pass}>
        <strong>{summary.is_pass ? "Passed" : "Not passed"}</strong>{" "}
        {summary.percent_hundredths === null ? "" : `with ${sayPercent(summary.percent_hundredths)}`}
        {result.earned_centipoints === null || result.worth_centipoints === null
          ? ""
          : `, ${sayEarned(result.earned_centipoints, result.worth_centipoints)}`}
        . The bar is {result.pass_percent} %.
      </p>
      {summary.credential_id === "" ? null : (
        <p>
          <a href={`/credential#${encodeURIComponent(summary.credential_id)}`}>Your credential</a>, which anybody can check.
        </p>
      )}
      {result.items.length === 0 ? (
        <p class="hint">This exam tells the total only.</p>
      ) : (
        <>
          <Failure problem={failure} />
          <ol class="own-items">
            {result.items.map((item) => (
              <Item key={item.slot_id} item={item} pictures={pictures} download={(file) => void download(file)} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function Item({ item, pictures, download }: { item: OwnItemShown; pictures: Pictures; download: (file: UploadedFile) => void }) {
  return (
    <li data-testid="own-item">
      <QuestionText question={item.question} pictures={pictures} />
      <ResponseView question={item.question} response={item.response} pictures={pictures} download={download} />
      <p class="own-points">
        {sayEarned(item.earned_centipoints, item.worth_centipoints)}
        {item.is_unreadable ? ": what you wrote could not be read as a number" : ""}
      </p>
      {item.comments.map((comment, place) => (
        <p key={place} class="told">
          {comment}
        </p>
      ))}
      {item.key === null || (item.key.kind === "rubric" && item.key.model_answer === "") ? null : (
        <p class="hint">
          {item.key.kind === "rubric" ? "A model answer" : "Right"}: {sayKey(item.question, item.key)}
        </p>
      )}
      {item.rationale === "" ? null : <p class="hint">{item.rationale}</p>}
    </li>
  );
}
