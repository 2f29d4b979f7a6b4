import type { Question, Response, UploadedFile } from "./exam";
import { LineText, PlainText } from "./plain_text";
import type { AnswerKey } from "./results_told";

interface ResponseProps {
  readonly question: Question;
  readonly response: Response | null;
  /** Where files can be had, for whoever reads the answer. */
  readonly download?: (file: UploadedFile) => void;
}

/** What somebody answered, to be read: never a form. Whatever it looks like, it is text. */
export function ResponseView({ question, response, download }: ResponseProps) {
  if (response === null) return <p class="empty">Not answered.</p>;
  switch (response.kind) {
    case "written":
      return response.text.trim() === "" ? (
        <p class="empty">Not answered.</p>
      ) : question.kind === "code" ? (
        <pre class="answer" tabIndex={0} aria-label="The answer, as code">
          <code>{response.text}</code>
        </pre>
      ) : (
        <div class="answer written">{response.text}</div>
      );
    case "chosen":
      return <Chosen question={question} chosen={response.chosen} />;
    case "ordered":
      return (
        <ol class="answer">
          {response.order.map((id) => (
            <li key={id}>{textOf(question, id)}</li>
          ))}
        </ol>
      );
    case "matched":
      return (
        <ul class="answer">
          {Object.entries(response.pairs).map(([left, right]) => (
            <li key={left}>
              {textOf(question, left)} → {textOf(question, right)}
            </li>
          ))}
        </ul>
      );
    case "filed":
      return (
        <ul class="answer">
          {response.files.map((file) => (
            <li key={file.file_id}>
              {file.name} ({file.content_type}, {Math.ceil(file.size_bytes / 1024)} KB){" "}
              {download === undefined ? null : (
                <button type="button" class="as-link" onClick={() => download(file)}>
                  Save it<span class="unseen">: {file.name}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      );
  }
}

function Chosen({ question, chosen }: { question: Question; chosen: readonly string[] }) {
  if (!("choices" in question)) return null;
  return (
    <ul class="answer options">
      {question.choices.map((choice) => (
        <li key={choice.id} data-chosen={chosen.includes(choice.id)}>
          <span aria-hidden="true">{chosen.includes(choice.id) ? "●" : "○"}</span>{" "}
          <span class="unseen">{chosen.includes(choice.id) ? "Chosen: " : "Not chosen: "}</span>
          <LineText text={choice.text} />
        </li>
      ))}
    </ul>
  );
}

/** What was asked, with the words that stand for its pictures. */
export function QuestionText({ question }: { question: Question }) {
  return (
    <div class="prompt">
      <PlainText text={question.prompt.text} />
      {question.prompt.pictures.map((picture) => (
        <p class="hint" key={picture.blob_id}>
          Picture: {picture.alt}
        </p>
      ))}
    </div>
  );
}

/** What is right, in words. */
export function sayKey(question: Question, key: AnswerKey): string {
  switch (key.kind) {
    case "choice":
      return key.correct.map((id) => textOf(question, id)).join("; ");
    case "numeric":
      return key.tolerance === "0" ? key.value : `${key.value} ± ${key.is_relative ? `${Number(key.tolerance) * 100} %` : key.tolerance}`;
    case "text":
      return key.accepted.join(", or ");
    case "ordering":
      return key.order.map((id) => textOf(question, id)).join(" → ");
    case "matching":
      return Object.entries(key.pairs)
        .map(([left, right]) => `${textOf(question, left)} → ${textOf(question, right)}`)
        .join("; ");
    case "rubric":
      return key.model_answer === "" ? "Marked by people." : key.model_answer;
  }
}

export function textOf(question: Question, id: string): string {
  const parts = [
    ...("choices" in question ? question.choices : []),
    ...("parts" in question ? question.parts : []),
    ...("left" in question ? [...question.left, ...question.right] : []),
  ];
  return parts.find((part) => part.id === id)?.text ?? id;
}
