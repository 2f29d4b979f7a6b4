import { useEffect, useRef, useState } from "preact/hooks";
import type { OrderingQuestion } from "../../../shared/exam";
import { Icon } from "../../../shared/icons";
import { completeOrder, movePart } from "../ordering";
import { PictureView } from "../../../shared/picture";
import { LineText } from "../prompt";
import { plainText } from "../prompt_text";
import type { ControlProps } from "./control";

/** Parts that are moved by buttons or dragged. Until one is moved or the order is confirmed there is no answer. */
export function Ordering(props: ControlProps<OrderingQuestion>) {
  const { question, response } = props;
  const [dragged, setDragged] = useState<string | null>(null);
  const [moved, setMoved] = useState<{ id: string; way: "up" | "down" } | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const drawn = question.parts.map((part) => part.id);
  const isAnswer = response?.kind === "ordered" && response.order.length > 0;
  const order = isAnswer ? completeOrder(response.order, drawn) : drawn;
  const byId = new Map(question.parts.map((part) => [part.id, part]));
  const write = (next: readonly string[]): void => props.write({ kind: "ordered", order: next });

  // The button that was pressed moves with its part; at an end it is gone for good, and the other one takes the focus.
  useEffect(() => {
    if (moved === null) return;
    const row = list.current?.querySelector(`[data-part="${moved.id}"]`);
    const button = row?.querySelector<HTMLButtonElement>(`[data-way="${moved.way}"]:not([aria-disabled="true"])`);
    (button ?? row?.querySelector<HTMLButtonElement>("button"))?.focus();
    setMoved(null);
  }, [moved]);

  const move = (id: string, to: number, way: "up" | "down"): void => {
    if (props.disabled || to < 0 || to >= order.length) return;
    write(movePart(order, order.indexOf(id), to));
    setMoved({ id, way });
    props.say(`${plainText(byId.get(id)?.text ?? "")}: now ${to + 1} of ${order.length}.`);
  };
  const drop = (target: string): void => {
    if (dragged !== null && dragged !== target) write(movePart(order, order.indexOf(dragged), order.indexOf(target)));
    setDragged(null);
  };

  return (
    <fieldset class="ordering" disabled={props.disabled} aria-describedby={props.describedBy}>
      <legend>Put these in order, first at the top</legend>
      <ol ref={list}>
        {order.map((id, place) => {
          const part = byId.get(id);
          if (part === undefined) return null;
          const name = plainText(part.text);
          return (
            <li
              key={id}
              data-part={id}
              data-dragged={dragged === id}
              draggable={!props.disabled}
              onDragStart={(event) => {
                setDragged(id);
                event.dataTransfer?.setData("text/plain", name);
              }}
              onDragOver={(event) => event.preventDefault()}
              onDragEnd={() => setDragged(null)}
              onDrop={(event) => {
                event.preventDefault();
                drop(id);
              }}
            >
              <span class="place" aria-hidden="true">
                {place + 1}
              </span>
              <span class="part">
                <LineText text={part.text} />
                {part.picture === null ? null : <PictureView picture={part.picture} http={props.http} />}
              </span>
              <span class="moves">
                <button type="button" data-way="up" aria-disabled={place === 0} aria-label={`Move up: ${name}`} onClick={() => move(id, place - 1, "up")}>
                  <Icon name="up" />
                </button>
                <button
                  type="button"
                  data-way="down"
                  aria-disabled={place === order.length - 1}
                  aria-label={`Move down: ${name}`}
                  onClick={() => move(id, place + 1, "down")}
                >
                  <Icon name="down" />
                </button>
              </span>
            </li>
          );
        })}
      </ol>
      {isAnswer ? null : (
        <p class="told-here">
          This is the order in which they were drawn; it is not your answer yet.{" "}
          <button type="button" onClick={() => write(order)}>
            Answer with this order
          </button>
        </p>
      )}
    </fieldset>
  );
}
