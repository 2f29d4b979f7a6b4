import type { Picture, Question, Response, UploadedFile } from "./exam";
import { type Pictures, PictureView } from "./picture";
import type { Answer } from "./line";
import { LineText, PlainText } from "./plain_text";
import type { AnswerKey } from "./results_told";

interface ResponseProps {
  readonly question: Question;
  readonly response: Response | null;
  /** Where files can be had, for whoever reads the answer. */
  readonly download?: (file: UploadedFile) => void;
  /** Where the pictures of its choices and parts can be had; without it their words stand for them. */
  readonly pictures?: Pictures | undefined;
}

/** What somebody answered, to be read: never a form. Whatever it looks like, it is text. */
export function ResponseView({ question, response, download, pictures }: ResponseProps) {
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
      return <Chosen question={question} chosen={response.chosen} pictures={pictures} />;
    case "ordered":
      return (
        <ol class="answer">
          {response.order.map((id) => (
            <li key={id}>
              <PartView question={question} id={id} pictures={pictures} />
            </li>
          ))}
        </ol>
      );
    case "matched":
      return (
        <ul class="answer">
          {Object.entries(response.pairs).map(([left, right]) => (
            <li key={left}>
              <PartView question={question} id={left} pictures={pictures} /> → <PartView question={question} id={right} pictures={pictures} />
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

function Chosen({ question, chosen, pictures }: { question: Question; chosen: readonly string[]; pictures: Pictures | undefined }) {
  if (!("choices" in question)) return null;
  return (
    <ul class="answer options">
      {question.choices.map((choice) => (
        <li key={choice.id} data-chosen={chosen.includes(choice.id)}>
          <span aria-hidden="true">{chosen.includes(choice.id) ? "●" : "○"}</span>{" "}
          <span class="unseen">{chosen.includes(choice.id) ? "Chosen: " : "Not chosen: "}</span>
          <LineText text={choice.text} />
          <Shown picture={choice.picture} pictures={pictures} />
        </li>
      ))}
    </ul>
  );
}

/** A part of an ordering, or one side of a pair. */
function PartView({ question, id, pictures }: { question: Question; id: string; pictures: Pictures | undefined }) {
  const part = partsOf(question).find((each) => each.id === id);
  return (
    <>
      {part?.text ?? id}
      <Shown picture={part?.picture ?? null} pictures={pictures} />
    </>
  );
}

function Shown({ picture, pictures }: { picture: Picture | null; pictures: Pictures | undefined }) {
  if (picture === null) return null;
  return pictures === undefined ? <span class="hint"> (picture: {picture.alt})</span> : <PictureView picture={picture} http={pictures} />;
}

/** What was asked, with its pictures or the words that stand for them. */
export function QuestionText({ question, pictures }: { question: Question; pictures?: Pictures | undefined }) {
  return (
    <div class="prompt">
      <PlainText text={question.prompt.text} />
      {question.prompt.pictures.map((picture) =>
        pictures === undefined ? (
          <p class="hint" key={picture.blob_id}>
            Picture: {picture.alt}
          </p>
        ) : (
          <PictureView key={picture.blob_id} picture={picture} http={pictures} />
        ),
      )}
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
  const part = partsOf(question).find((each) => each.id === id);
  if (part === undefined) return id;
  return part.text === "" && part.picture !== null ? part.picture.alt : part.text;
}

function partsOf(question: Question): readonly { readonly id: string; readonly text: string; readonly picture: Picture | null }[] {
  return [
    ...("choices" in question ? question.choices : []),
    ...("parts" in question ? question.parts : []),
    ...("left" in question ? [...question.left, ...question.right] : []),
  ];
}

/** Pictures of an own attempt, or of a bank, by `path` such as `/v1/banks/bnk_1`. */
export function picturesBelow(api: { askBlob(path: string): Promise<Answer<Blob>> }, path: string): Pictures {
  return { readBlob: (rest) => api.askBlob(`${path}${rest}`) };
}
