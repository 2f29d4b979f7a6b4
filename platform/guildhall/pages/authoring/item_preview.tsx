import { useState } from "preact/hooks";
import { Control } from "../exam_room/exam/controls/control";
import type { ExamHttp } from "../exam_room/exam/exam_http";
import { PromptView } from "../exam_room/exam/prompt";
import type { Question, Response } from "../shared/exam";
import type { ItemContent } from "./authored";
import type { picturesOf } from "./desk";

type Pictures = ReturnType<typeof picturesOf>;

/** The question as a candidate sees it, while it is written: the very parts of the exam page. Nothing is kept. */
export function ItemPreview({ content, http }: { content: ItemContent; http: Pictures }) {
  return (
    <aside class="preview panel" aria-label="As a candidate sees it">
      <p class="eyebrow">As a candidate sees it</p>
      <AskedView key={content.question.kind} id="preview" question={content.question} http={http} />
    </aside>
  );
}

export function AskedView({ id, question, http }: { id: string; question: Question; http: Pictures }) {
  const [response, setResponse] = useState<Response | null>(null);
  const asExam = http as unknown as ExamHttp; // the controls read pictures through it, and a preview hands no file in
  return (
    <div class="question">
      <PromptView prompt={question.prompt} id={`prompt-${id}`} http={asExam} />
      <div class="answer">
        {question.kind === "file_upload" ? (
          <p class="hint">Here candidates put up {question.files_most === 1 ? "a file" : `up to ${question.files_most} files`}.</p>
        ) : (
          <Control question={question} slotId={id} response={response} disabled={false} describedBy={`prompt-${id}`} http={asExam} write={setResponse} say={() => undefined} />
        )}
      </div>
    </div>
  );
}
