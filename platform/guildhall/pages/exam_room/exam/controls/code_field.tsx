import { useRef } from "preact/hooks";
import type { CodeQuestion } from "../../../shared/exam";
import { countCharacters, misfit } from "../responses";
import type { ControlProps } from "./control";

const INDENT = "    ";

/** Fixed width, and Tab indents. Escape gives Tab back to the browser until the field is entered again (WCAG 2.1.2). */
export function CodeField(props: ControlProps<CodeQuestion>) {
  const { question, slotId } = props;
  const leaving = useRef(false);
  const text = props.response?.kind === "written" ? props.response.text : question.starter;
  const wrong = misfit(question, props.response)?.detail ?? null;

  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      leaving.current = true;
      props.say("Tab now leaves the field.");
    } else if (event.key === "Tab" && !event.shiftKey && !leaving.current && event.currentTarget instanceof HTMLTextAreaElement) {
      event.preventDefault();
      indent(event.currentTarget);
    }
  };
  return (
    <div class="text-field">
      <label for={`answer-${slotId}`}>Your code{question.language === "" ? "" : `, in ${question.language}`}</label>
      <textarea
        id={`answer-${slotId}`}
        class="code"
        rows={16}
        wrap="off"
        spellcheck={false}
        autocapitalize="none"
        autocomplete="off"
        value={text}
        disabled={props.disabled}
        aria-describedby={`${props.describedBy} keys-${slotId} wrong-${slotId}`}
        aria-invalid={wrong !== null}
        onKeyDown={pressed}
        onFocus={() => {
          leaving.current = false;
        }}
        onInput={(event) => props.write({ kind: "written", text: event.currentTarget.value })}
      />
      <p class="hint" id={`keys-${slotId}`}>
        Tab indents. To leave the field with the keyboard, press Escape and then Tab. {countCharacters(text)} of at most{" "}
        {question.characters_max} characters. It is read by people, not run.
      </p>
      <p class="wrong" id={`wrong-${slotId}`} role="status">
        {wrong}
      </p>
    </div>
  );
}

function indent(field: HTMLTextAreaElement): void {
  // The only way that keeps the browser's undo; every browser has it, though none recommends it.
  if (document.execCommand("insertText", false, INDENT)) return;
  field.setRangeText(INDENT, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
