import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "../shared/line";
import { WriteKeys, type Floor } from "./floor";

export const TEXT_CHARACTERS = 500;

/** Text that outlives its field: whoever closes a view and opens it again goes on writing. */
export function useDraft(floor: Floor, name: string): [string, (text: string) => void] {
  const [text, setText] = useState(floor.drafts.get(name) ?? "");
  const write = (next: string): void => {
    if (next === "") floor.drafts.delete(name);
    else floor.drafts.set(name, next);
    setText(next);
  };
  return [text, write];
}

/** One send at a time, under one key until it arrived; what went wrong is said. */
export function useSending() {
  const keys = useRef(new WriteKeys());
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const isHere = useRef(true);
  useEffect(() => () => void (isHere.current = false), []);
  const send = async <T,>(body: object, ask: (body: object) => Promise<Answer<T>>): Promise<T | null> => {
    if (busy) return null;
    setBusy(true);
    setFailure("");
    const answer = await ask({ ...body, key: keys.current.for(body) });
    if (isHere.current) {
      setBusy(false);
      if ("problem" in answer) setFailure(answer.problem.detail);
    }
    if ("problem" in answer) return null;
    keys.current.arrived();
    return answer.reply;
  };
  return { busy, failure, send };
}

/** A line to write and a button to send it. */
export function Composer(props: {
  floor: Floor;
  name: string;
  label: string;
  act: string;
  testId: string;
  whyNot: string | null;
  bodyOf: (text: string) => object;
  event: string;
  sent?: () => void;
  children?: ComponentChildren;
}) {
  const [text, setText] = useDraft(props.floor, props.name);
  const { busy, failure, send } = useSending();
  const barred = props.whyNot !== null || text.trim() === "" || busy;
  const id = `write-${props.testId}`;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (barred) return;
        void send(props.bodyOf(text.trim()), (body) => props.floor.send(props.event, body)).then((reply) => {
          if (reply === null) return;
          setText("");
          props.sent?.();
        });
      }}
    >
      <label for={id}>{props.label}</label>
      <span class="line">
        <input id={id} value={text} maxLength={TEXT_CHARACTERS} autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} data-testid={props.testId} />
        <button type="submit" aria-disabled={barred} data-testid={`send-${props.testId}`}>
          {props.act}
        </button>
      </span>
      {props.children}
      {failure === "" ? null : <p role="alert">{failure}</p>}
    </form>
  );
}
