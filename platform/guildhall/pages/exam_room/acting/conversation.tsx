import { useEffect, useRef, useState } from "preact/hooks";
import { sayClock } from "../../shared/wording";
import { newKey } from "./keys";
import type { Acting } from "./use_acting";

const TEXT_CHARACTERS = 500; // WrittenText of proctoring/messages/acting.py

/** What was said between this candidate and the proctors, and a field to say something. */
export function Conversation({ acting, isOpen }: { acting: Acting; isOpen: boolean }) {
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const key = useRef(newKey());
  const log = useRef<HTMLDivElement>(null);
  const sayings = acting.conversation?.sayings ?? [];
  const newest = sayings.at(-1)?.key;
  useEffect(() => {
    if (isOpen) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [isOpen, newest]);
  useEffect(() => {
    const look = (): void => {
      if (isOpen && document.visibilityState === "visible") acting.read();
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [isOpen, newest, acting.asked]);

  const send = async (): Promise<void> => {
    const words = text.trim();
    if (words === "" || isSending) return;
    setSending(true);
    setFailure(null);
    const problem = await acting.say({ key: key.current, text: words });
    setSending(false);
    if (problem !== null) return setFailure(`${problem} Your message is still here: send it again in a moment.`);
    key.current = newKey();
    setText("");
  };
  return (
    <section id="conversation" class="conversation" aria-labelledby="conversation-title" hidden={!isOpen} data-testid="conversation">
      <h2 id="conversation-title">Conversation with the proctors</h2>
      <div ref={log} class="log" role="log" aria-live="polite" aria-labelledby="conversation-title" tabIndex={0} data-testid="conversation-log">
        {sayings.length === 0 ? <p class="empty">Nothing was said yet.</p> : null}
        {sayings.map((each) => (
          <p key={each.key} class="line" data-mine={each.is_candidate}>
            <span class="hint">
              {each.is_candidate ? "You" : each.name === "" ? "A proctor" : each.name}, {sayClock(each.at_ms)}
            </span>
            <span>{each.text}</span>
          </p>
        ))}
      </div>
      <form
        class="saying"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label for="say">Write to the proctors</label>
        <input
          id="say"
          type="text"
          autocomplete="off"
          maxLength={TEXT_CHARACTERS}
          value={text}
          readOnly={isSending}
          onInput={(event) => {
            // Other words are another message; the same ones, sent again after no answer, are not.
            key.current = newKey();
            setText(event.currentTarget.value);
          }}
          data-testid="say-text"
        />
        <button type="submit" aria-disabled={isSending || text.trim() === ""} data-testid="say">
          {isSending ? "Sending…" : "Send"}
        </button>
      </form>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}
