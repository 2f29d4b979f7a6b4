import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ActionKind, Reason, Settled } from "../shared/acting";
import { offerOf } from "./attendance";
import { ACT_WORDS, KIND_WORDS } from "./timeline";
import { TEXT_CHARACTERS, useDraft, useSending } from "./writing";
import type { Wall } from "./wall";

const EXTRA_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240] as const; // to the four hours that the server gives at most

/** Why, what else to say, and how long: what an action needs before it is asked. */
export function ActionForm(props: { wall: Wall; sessionId: string; name: string; kind: ActionKind; done: (words: string | null) => void }) {
  const { wall, kind, name } = props;
  const { floor } = wall;
  const offer = offerOf(floor.offers, kind);
  const [reason, setReason] = useState<Reason | "">("");
  const [text, setText] = useDraft(floor, `${props.sessionId} ${kind}`);
  const [minutes, setMinutes] = useState(5);
  const { busy, failure, send } = useSending();
  const first = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const second = reason !== "" && offer.needs_second.includes(reason);
  const ask = async (): Promise<void> => {
    if (reason === "") return;
    const body = { session_id: props.sessionId, kind, reason, text: text.trim(), extra_seconds: kind === "extend" ? minutes * 60 : 0 };
    const reply = await send<Settled>(body, (keyed) => floor.send("act", keyed));
    if (reply === null) return;
    setText("");
    props.done(reply.state === "proposed" ? "Proposed: a second person has to agree." : `${KIND_WORDS[kind]}: asked.`);
  };
  return (
    <form
      class="action-form"
      data-testid="action-form"
      data-kind={kind}
      aria-label={`${KIND_WORDS[kind]}: ${name}`}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <label for="action-reason">Why ({name} reads this)</label>
      <select id="action-reason" ref={first} required value={reason} onChange={(event) => setReason(event.currentTarget.value as Reason | "")} data-testid="action-reason">
        <option value="">Choose a reason…</option>
        {offer.reasons.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {kind === "extend" ? (
        <label>
          How much{" "}
          <select value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))} data-testid="action-minutes">
            {EXTRA_MINUTES.map((each) => (
              <option key={each} value={each}>
                {each} min
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <label for="action-text">What else {name} should know</label>
      <input id="action-text" value={text} maxLength={TEXT_CHARACTERS} autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
      {second ? <p class="hint">This ends the exam once a second person has agreed to it.</p> : null}
      {kind === "terminate" && reason !== "" && !second ? <p role="alert">This ends the exam at once, without a second person.</p> : null}
      <span class="line">
        <button type="submit" class="primary" aria-disabled={busy} data-testid="ask-action">
          {second ? "Propose to end the exam" : ACT_WORDS[kind]}
        </button>
        <button type="button" onClick={() => props.done(null)}>
          Leave it
        </button>
      </span>
      {failure === "" ? null : <p role="alert">{failure}</p>}
    </form>
  );
}
