import type { MatchingQuestion } from "../../../shared/exam";
import { PictureView } from "../../../shared/picture";
import { LineText } from "../prompt";
import { plainText } from "../prompt_text";
import type { ControlProps } from "./control";

/** To each on the left one from the list. Pictures of the list, which no select can show, stand below with letters. */
export function Matching(props: ControlProps<MatchingQuestion>) {
  const { question, slotId } = props;
  const pairs: Readonly<Record<string, string>> = props.response?.kind === "matched" ? props.response.pairs : {};
  const hasPictures = question.right.some((part) => part.picture !== null);
  const letterOf = (place: number): string => (hasPictures ? `${String.fromCharCode(65 + place)}: ` : "");

  const choose = (left: string, right: string): void => {
    const others = Object.entries(pairs).filter(([id]) => id !== left);
    const next = right === "" ? others : [...others, [left, right] as const];
    props.write(next.length === 0 ? null : { kind: "matched", pairs: Object.fromEntries(next) });
  };
  return (
    <fieldset class="matching" disabled={props.disabled} aria-describedby={props.describedBy}>
      <legend>Choose what belongs to each</legend>
      {question.left.map((part) => (
        <div key={part.id} class="match">
          <label for={`match-${slotId}-${part.id}`}>
            <LineText text={part.text} />
            {part.picture === null ? null : <PictureView picture={part.picture} http={props.http} />}
          </label>
          <select
            id={`match-${slotId}-${part.id}`}
            value={pairs[part.id] ?? ""}
            onChange={(event) => choose(part.id, event.currentTarget.value)}
          >
            <option value="">Nothing chosen</option>
            {question.right.map((right, place) => (
              <option key={right.id} value={right.id}>
                {letterOf(place)}
                {plainText(right.text)}
              </option>
            ))}
          </select>
        </div>
      ))}
      {hasPictures ? (
        <ul class="letters">
          {question.right.map((part, place) => (
            <li key={part.id}>
              {letterOf(place)}
              <LineText text={part.text} />
              {part.picture === null ? null : <PictureView picture={part.picture} http={props.http} />}
            </li>
          ))}
        </ul>
      ) : null}
    </fieldset>
  );
}
