import type { Prompt } from "../../shared/exam";
import type { ExamHttp } from "./exam_http";
import { PictureView } from "../../shared/picture";
import { readPrompt, spansOf } from "./prompt_text";

/** What is asked: paragraphs, code and pictures. Always text nodes, whatever the text looks like. */
export function PromptView({ prompt, id, http }: { prompt: Prompt; id: string; http: ExamHttp }) {
  return (
    <div class="prompt" id={id}>
      <PlainText text={prompt.text} />
      {prompt.pictures.map((picture) => (
        <PictureView key={picture.blob_id} picture={picture} http={http} />
      ))}
    </div>
  );
}

export function PlainText({ text }: { text: string }) {
  return (
    <>
      {readPrompt(text).map((block, place) =>
        block.kind === "code" ? (
          <pre key={place} tabIndex={0} aria-label="Code">
            <code>{block.text}</code>
          </pre>
        ) : (
          <p key={place}>
            <Spans text={null} spans={block.spans} />
          </p>
        ),
      )}
    </>
  );
}

/** One line, such as a choice: code within it, no paragraphs. */
export function LineText({ text }: { text: string }) {
  return <Spans text={text} spans={null} />;
}

function Spans({ text, spans }: { text: string | null; spans: ReturnType<typeof spansOf> | null }) {
  return <>{(spans ?? spansOf(text ?? "")).map((span, place) => (span.isCode ? <code key={place}>{span.text}</code> : span.text))}</>;
}
