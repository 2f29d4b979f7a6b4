import { useState } from "preact/hooks";
import type { ChoiceQuestion, ChoicesQuestion } from "../../../shared/exam";
import { PictureView } from "../../../shared/picture";
import { LineText } from "../prompt";
import type { ControlProps } from "./control";

/** Radios for one of several, checkboxes for several. One more than allowed is not taken, and why is said. */
export function Choices(props: ControlProps<ChoiceQuestion | ChoicesQuestion>) {
  const { question, response } = props;
  const [told, setTold] = useState("");
  const chosen = response?.kind === "chosen" ? response.chosen : [];
  const most = question.kind === "multiple_choice" ? question.choose_most : null;

  /** Whether it was taken. */
  const choose = (id: string, checked: boolean): boolean => {
    if (question.kind === "single_choice") {
      props.write({ kind: "chosen", chosen: [id] });
      return true;
    }
    if (checked && most !== null && chosen.length >= most) {
      setTold(`At most ${most} may be chosen. Take one away before you choose another.`);
      return false;
    }
    setTold("");
    const ids = checked ? [...chosen, id] : chosen.filter((each) => each !== id);
    props.write(ids.length === 0 ? null : { kind: "chosen", chosen: ids });
    return true;
  };

  return (
    <fieldset class="choices-field" disabled={props.disabled} aria-describedby={props.describedBy}>
      <legend>{sayHowMany(question)}</legend>
      {question.choices.map((choice) => (
        <label key={choice.id} class="choice">
          <input
            type={question.kind === "single_choice" ? "radio" : "checkbox"}
            name={`answer-${props.slotId}`}
            value={choice.id}
            checked={chosen.includes(choice.id)}
            onChange={(event) => {
              // The browser has ticked it already.
              if (!choose(choice.id, event.currentTarget.checked)) event.currentTarget.checked = false;
            }}
          />
          <span>
            <LineText text={choice.text} />
            {choice.picture === null ? null : <PictureView picture={choice.picture} http={props.http} />}
          </span>
        </label>
      ))}
      {question.kind === "multiple_choice" ? (
        <p class="told-here" role="status">
          {told === "" && most !== null && chosen.length > 0 ? `${chosen.length} of at most ${most} chosen.` : told}
        </p>
      ) : null}
    </fieldset>
  );
}

function sayHowMany(question: ChoiceQuestion | ChoicesQuestion): string {
  if (question.kind === "single_choice") return "Choose one";
  return question.choose_most === null ? "Choose all that apply" : `Choose up to ${question.choose_most}`;
}
