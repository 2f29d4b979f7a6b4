import { useEffect, useRef, useState } from "preact/hooks";
import { maskCards } from "../shared/chat/redaction";
import { asOutgoing, ChooseFiles, withinLimits } from "../shared/chat/choose_files";
import type { OutgoingFile } from "../shared/chat/outbox";
import type { Words } from "./words";

const CHARACTERS_MAX = 4000;

interface ComposerProps {
  readonly words: Words;
  readonly draft: string;
  readonly setDraft: (draft: string) => void;
  readonly isOpen: boolean;
  readonly onTyping: (isTyping: boolean) => void;
  readonly onSend: (text: string, files: readonly OutgoingFile[]) => void;
}

/** Enter sends, Shift+Enter begins a line; while an input method composes, Enter belongs to it. */
export function Composer({ words, draft, setDraft, isOpen, onTyping, onSend }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [told, setTold] = useState("");
  const [files, setFiles] = useState<readonly OutgoingFile[]>([]);
  const take = (chosen: readonly OutgoingFile[]): void => {
    setTold("");
    setFiles(withinLimits(chosen, (name) => setTold(words.notTaken(name))));
  };
  useEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.height = "auto"; // set by script: a policy without 'unsafe-inline' lets it
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [draft]);

  const send = (): void => {
    const text = draft.trim();
    if ((text === "" && files.length === 0) || !isOpen) return;
    if (text.length > CHARACTERS_MAX) return setTold(words.tooLong(CHARACTERS_MAX));
    const masked = maskCards(text);
    setTold(masked === text ? "" : words.masked);
    onSend(masked, files);
    setFiles([]);
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
      <ChooseFiles chosen={files} choose={take} label={words.attach} remove={words.removeFile} />
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
        onPaste={(event) => {
          const pasted = [...(event.clipboardData?.files ?? [])];
          if (pasted.length > 0) take([...files, ...asOutgoing(pasted)]);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="primary icon-button" aria-label={words.send} aria-disabled={!isOpen || (draft.trim() === "" && files.length === 0)} data-testid="send">
        <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
          <path d="M2 8h11M8.5 3.5L13 8l-4.5 4.5" />
        </svg>
      </button>
    </form>
  );
}
