import type { LongTextQuestion, ShortTextQuestion } from "../../../shared/exam";
import { sayCount } from "../../../shared/wording";
import { countCharacters, countWords, misfit } from "../responses";
import type { ControlProps } from "./control";

/** Free text with its counters. It has no maxlength: that would cut off what is pasted without a word. */
export function TextField(props: ControlProps<ShortTextQuestion | LongTextQuestion>) {
  const { question, slotId } = props;
  const text = props.response?.kind === "written" ? props.response.text : "";
  const wrong = misfit(question, props.response)?.detail ?? null;
  const field = {
    id: `answer-${slotId}`,
    value: text,
    disabled: props.disabled,
    "aria-describedby": `${props.describedBy} count-${slotId} wrong-${slotId}`,
    "aria-invalid": wrong !== null,
  };
  const write = (value: string): void => props.write({ kind: "written", text: value });
  return (
    <div class="text-field">
      <label for={field.id}>Your answer</label>
      {question.kind === "short_text" ? (
        <input {...field} type="text" autocomplete="off" onInput={(event) => write(event.currentTarget.value)} />
      ) : (
        <textarea {...field} rows={12} onInput={(event) => write(event.currentTarget.value)} />
      )}
      <p class="hint" id={`count-${slotId}`}>
        {sayCounts(question, text)}
      </p>
      <p class="wrong" id={`wrong-${slotId}`} role="status">
        {wrong}
      </p>
    </div>
  );
}

function sayCounts(question: ShortTextQuestion | LongTextQuestion, text: string): string {
  const characters = `${countCharacters(text)} of at most ${question.characters_max} characters`;
  if (question.kind === "short_text") return characters;
  const words = sayCount(countWords(text), "word", "words");
  const advised = question.words_advised === null ? words : `${words}, about ${question.words_advised} are advised`;
  return `${advised}; ${characters}`;
}
