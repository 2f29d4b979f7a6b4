import { useEffect, useRef, useState } from "preact/hooks";
import type { OrderingQuestion, Question } from "../shared/exam";
import { textOf } from "../shared/response_view";
import type { AnswerKey, OrderingKey } from "../shared/results_told";

/** What is right, to be corrected; which form it takes is the key's kind. */
export function KeyEditor({ question, value, set }: { question: Question; value: AnswerKey; set: (key: AnswerKey) => void }) {
  if (value.kind === "choice" && "choices" in question) {
    const turn = (id: string, on: boolean): void =>
      set({ ...value, correct: question.choices.map((choice) => choice.id).filter((each) => (each === id ? on : value.correct.includes(each))) });
    return (
      <fieldset>
        <legend>What is right{question.kind === "single_choice" ? "; with several, each of them counts" : ""}</legend>
        {question.choices.map((choice) => (
          <label key={choice.id} class="option">
            <input
              type="checkbox"
              checked={value.correct.includes(choice.id)}
              onChange={(event) => turn(choice.id, event.currentTarget.checked)}
            />
            {choice.text}
          </label>
        ))}
      </fieldset>
    );
  }
  if (value.kind === "numeric") {
    return (
      <div class="pair">
        <p class="field">
          <label for="key-value">Right value</label>
          <input id="key-value" value={value.value} inputMode="decimal" onInput={(event) => set({ ...value, value: event.currentTarget.value })} />
        </p>
        <p class="field">
          <label for="key-tolerance">{value.is_relative ? "Tolerance, as a share" : "Tolerance to either side"}</label>
          <input id="key-tolerance" value={value.tolerance} inputMode="decimal" onInput={(event) => set({ ...value, tolerance: event.currentTarget.value })} />
        </p>
      </div>
    );
  }
  if (value.kind === "text") {
    const split = (text: string): readonly string[] => text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    return (
      <p class="field">
        <label for="key-texts">Accepted, one a line</label>
        <textarea id="key-texts" rows={4} defaultValue={value.accepted.join("\n")} onInput={(event) => set({ ...value, accepted: split(event.currentTarget.value) })} />
      </p>
    );
  }
  if (value.kind === "ordering" && "parts" in question) {
    return <OrderEditor question={question} value={value} set={set} />;
  }
  if (value.kind === "matching" && "left" in question) {
    return (
      <fieldset>
        <legend>What belongs to each</legend>
        {question.left.map((left) => (
          <p key={left.id} class="field">
            <label for={`key-pair-${left.id}`}>{left.text}</label>
            <select
              id={`key-pair-${left.id}`}
              value={value.pairs[left.id] ?? ""}
              onChange={(event) => set({ ...value, pairs: { ...value.pairs, [left.id]: event.currentTarget.value } })}
            >
              {question.right.map((right) => (
                <option key={right.id} value={right.id}>
                  {right.text}
                </option>
              ))}
            </select>
          </p>
        ))}
      </fieldset>
    );
  }
  return <p class="hint">A rubric has no key to correct: its answers are marked by people, and a mark can be opened again.</p>;
}

/** The parts as they should stand, moved one place at a time. */
function OrderEditor({ question, value, set }: { question: OrderingQuestion; value: OrderingKey; set: (key: AnswerKey) => void }) {
  const [told, setTold] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const moved = useRef<{ id: string; by: number } | null>(null);
  // The button that was pressed moves with its part; at an end it cannot be pressed again, and the other one takes over.
  useEffect(() => {
    if (moved.current === null) return;
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>(`[data-part="${moved.current.id}"] button`) ?? [])];
    const pressed = buttons[moved.current.by < 0 ? 0 : 1];
    (pressed?.disabled ? buttons.find((one) => !one.disabled) : pressed)?.focus();
    moved.current = null;
  }, [value]);
  const move = (id: string, by: -1 | 1): void => {
    const from = value.order.indexOf(id);
    moved.current = { id, by };
    setTold(`${textOf(question, id)}: now ${from + by + 1} of ${value.order.length}.`);
    set({ ...value, order: value.order.with(from, value.order[from + by] ?? id).with(from + by, id) });
  };
  return (
    <fieldset>
      <legend>The right order</legend>
      <ol class="key-order" ref={list}>
        {value.order.map((id, place) => (
          <li key={id} data-part={id} data-testid="key-part">
            <span>{textOf(question, id)}</span>
            <button type="button" disabled={place === 0} onClick={() => move(id, -1)} aria-label={`Move up: ${textOf(question, id)}`}>
              ↑
            </button>
            <button type="button" disabled={place === value.order.length - 1} onClick={() => move(id, 1)} aria-label={`Move down: ${textOf(question, id)}`}>
              ↓
            </button>
          </li>
        ))}
      </ol>
      <p class="unseen" role="status">
        {told}
      </p>
    </fieldset>
  );
}
