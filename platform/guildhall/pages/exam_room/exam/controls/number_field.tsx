import type { NumericQuestion } from "../../../shared/exam";
import { misfit, sayNumber } from "../responses";
import type { ControlProps } from "./control";

/** A text field, not a number field: those swallow what they cannot read, and change their value when one scrolls. */
export function NumberField(props: ControlProps<NumericQuestion>) {
  const { question, slotId } = props;
  const text = props.response?.kind === "written" ? props.response.text : "";
  const wrong = misfit(question, props.response)?.detail ?? sayNumber(text);
  const hintId = `number-hint-${slotId}`;
  return (
    <div class="number-field">
      <label for={`answer-${slotId}`}>Your answer{question.unit === "" ? "" : `, in ${question.unit}`}</label>
      <div class="number-row">
        <input
          id={`answer-${slotId}`}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          spellcheck={false}
          value={text}
          disabled={props.disabled}
          aria-describedby={`${props.describedBy} ${hintId}`}
          aria-invalid={wrong !== null}
          onInput={(event) => props.write({ kind: "written", text: event.currentTarget.value })}
        />
        {question.unit === "" ? null : <span aria-hidden="true">{question.unit}</span>}
      </div>
      <p id={hintId} class={wrong === null ? "hint" : "wrong"}>
        {wrong ?? "A number, with a point before the decimals."}
      </p>
    </div>
  );
}
