import type { Question, Response } from "../../../shared/exam";
import type { ExamHttp } from "../exam_http";
import { Choices } from "./choices";
import { CodeField } from "./code_field";
import { Files } from "./files";
import { Matching } from "./matching";
import { NumberField } from "./number_field";
import { Ordering } from "./ordering";
import { TextField } from "./text_field";

/** What each kind of question is answered with. `describedBy` names the prompt, so that it is read with the control. */
export interface ControlProps<Q extends Question = Question> {
  readonly question: Q;
  readonly slotId: string;
  readonly response: Response | null;
  readonly disabled: boolean;
  readonly describedBy: string;
  readonly http: ExamHttp;
  readonly write: (response: Response | null) => void;
  readonly say: (words: string) => void;
}

export function Control(props: ControlProps) {
  const { question } = props;
  switch (question.kind) {
    case "single_choice":
    case "multiple_choice":
      return <Choices {...props} question={question} />;
    case "numeric":
      return <NumberField {...props} question={question} />;
    case "short_text":
    case "long_text":
      return <TextField {...props} question={question} />;
    case "code":
      return <CodeField {...props} question={question} />;
    case "ordering":
      return <Ordering {...props} question={question} />;
    case "matching":
      return <Matching {...props} question={question} />;
    case "file_upload":
      return <Files {...props} question={question} />;
  }
}
