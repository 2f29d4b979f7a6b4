import { useEffect, useRef, useState } from "preact/hooks";
import { asOutgoing, ChooseFiles, withinLimits } from "./choose_files";
import { saySize } from "./files";
import type { OutgoingFile } from "./outbox";
import { maskCards } from "./redaction";
import type { Limits } from "./told";

export interface ComposerWords {
  readonly write: string;
  readonly send: string;
  readonly tooLong: (most: number) => string;
  readonly masked: string;
  readonly attach: string;
  readonly removeFile: (name: string) => string;
  readonly notTaken: (name: string, size: string) => string;
}

interface ComposerProps {
  readonly words: ComposerWords;
  readonly limits: Limits;
  readonly draft: string;
  readonly setDraft: (draft: string) => void;
  readonly isOpen: boolean;
  readonly onTyping: (isTyping: boolean) => void;
  readonly onSend: (text: string, files: readonly OutgoingFile[]) => void;
}

/** Enter sends, Shift+Enter begins a line; while an input method composes, Enter belongs to it. */
export function Composer({ words, limits, draft, setDraft, isOpen, onTyping, onSend }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [told, setTold] = useState("");
  const [files, setFiles] = useState<readonly OutgoingFile[]>([]);
  const take = (chosen: readonly OutgoingFile[]): void => {
    setTold("");
    setFiles(withinLimits(chosen, limits, (name) => setTold(words.notTaken(name, saySize(limits.file_bytes)))));
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
    if (text.length > limits.text_characters) return setTold(words.tooLong(limits.text_characters));
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
