import type { ComponentChildren } from "preact";
import type { Choice } from "../shared/exam";
import { Icon } from "../shared/icons";
import { ChoicePicture } from "./choice_picture";
import type { Desk } from "./desk";
import { Text, type Wrong } from "./fields";
import { freshId } from "./starting";

/** The parts of a question, one a row: written, moved, removed, added. */
export function ChoiceRows(props: {
  desk: Desk;
  bankId: string;
  path: string;
  legend: string;
  noun: string;
  choices: readonly Choice[];
  least: number;
  wrong: Wrong;
  prefix?: string;
  lead?: (choice: Choice) => ComponentChildren;
  change: (choices: Choice[]) => void;
  remove: (choices: Choice[], words: string) => void;
}) {
  const { choices, noun } = props;
  const swap = (one: number, other: number): void => {
    const moved = [...choices];
    const [first, second] = [moved[one], moved[other]];
    if (first === undefined || second === undefined) return;
    moved[one] = second;
    moved[other] = first;
    props.change(moved);
  };
  return (
    <fieldset class="rows" data-testid={`rows-${props.path}`}>
      <legend>{props.legend}</legend>
      {choices.map((choice, place) => (
        <div class="part-row" key={choice.id}>
          {props.lead?.(choice)}
          <Text
            path={`${props.path}.${place}.text`}
            label={`${noun} ${place + 1}`}
            wrong={props.wrong}
            value={choice.text}
            change={(text) => props.change(choices.map((one) => (one.id === choice.id ? { ...one, text } : one)))}
          />
          <span class="moves">
            <button type="button" aria-label={`Move ${noun.toLowerCase()} ${place + 1} up`} disabled={place === 0} onClick={() => swap(place, place - 1)}>
              <Icon name="up" />
            </button>
            <button type="button" aria-label={`Move ${noun.toLowerCase()} ${place + 1} down`} disabled={place === choices.length - 1} onClick={() => swap(place, place + 1)}>
              <Icon name="down" />
            </button>
            <button
              type="button"
              aria-label={`Remove ${noun.toLowerCase()} ${place + 1}`}
              disabled={choices.length <= props.least}
              onClick={() => props.remove(choices.filter((one) => one.id !== choice.id), `${noun} ${place + 1} was removed.`)}
            >
              <Icon name="close" />
            </button>
          </span>
          <ChoicePicture
            desk={props.desk}
            bankId={props.bankId}
            path={`${props.path}.${place}`}
            name={`${noun.toLowerCase()} ${place + 1}`}
            choice={choice}
            wrong={props.wrong}
            change={(picture) => props.change(choices.map((one) => (one.id === choice.id ? { ...one, picture } : one)))}
          />
        </div>
      ))}
      <p>
        <button
          type="button"
          disabled={choices.length >= 20}
          onClick={() => props.change([...choices, { id: freshId(choices.map((one) => one.id), props.prefix), text: "", picture: null }])}
        >
          Add one
        </button>
      </p>
    </fieldset>
  );
}
