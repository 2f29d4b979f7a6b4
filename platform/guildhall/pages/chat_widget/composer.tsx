import { useEffect, useRef, useState } from "preact/hooks";
import { maskCards } from "../shared/chat/redaction";
import type { Words } from "./words";

const CHARACTERS_MAX = 4000;

interface ComposerProps {
  readonly words: Words;
  readonly draft: string;
  readonly setDraft: (draft: string) => void;
  readonly isOpen: boolean;
  readonly onTyping: (isTyping: boolean) => void;
  readonly onSend: (text: string) => void;
}

/** Enter sends, Shift+Enter begins a line; while an input method composes, Enter belongs to it. */
export function Composer({ words, draft, setDraft, isOpen, onTyping, onSend }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [told, setTold] = useState("");
  useEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.height = "auto"; // set by script: a policy without 'unsafe-inline' lets it
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [draft]);

  const send = (): void => {
    const text = draft.trim();
    if (text === "" || !isOpen) return;
    if (text.length > CHARACTERS_MAX) return setTold(words.tooLong(CHARACTERS_MAX));
    const masked = maskCards(text);
    setTold(masked === text ? "" : words.masked);
    onSend(masked);
    setDraft("");
    onTyping(false);
    field.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {told === "" ? null : (
        <p class="hint told" role="status">
          {told}
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        value={draft}
        aria-label={words.write}
        placeholder={words.write}
        data-testid="write"
        onInput={(event) => {
          setDraft(event.currentTarget.value);
          onTyping(event.currentTarget.value !== "");
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="primary icon-button" aria-label={words.send} aria-disabled={!isOpen || draft.trim() === ""} data-testid="send">
        <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
          <path d="M2 8h11M8.5 3.5L13 8l-4.5 4.5" />
        </svg>
      </button>
    </form>
  );
}
