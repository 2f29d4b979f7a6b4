import { useEffect, useRef, useState } from "preact/hooks";
import { asOutgoing, ChooseFiles, withinLimits } from "../shared/chat/choose_files";
import { saySize } from "../shared/chat/files";
import type { OutgoingFile } from "../shared/chat/outbox";
import type { Talk } from "../shared/chat/talk";
import { fill, matching, type Filling, slashed } from "./canned";
import { CannedReplies } from "./canned_replies";
import type { DeskRoom } from "./desk_room";
import type { CannedReply, DeskConversation } from "./told";

interface ReplyFormProps {
  readonly room: DeskRoom;
  readonly talk: Talk;
  readonly conversation: DeskConversation;
}

/** The agent's words. `/` begins a canned reply, anywhere in the line and as often as wanted. */
export function ReplyForm({ room, talk, conversation }: ReplyFormProps) {
  const [text, setText] = useState("");
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [isShut, setIsShut] = useState(false);
  const [files, setFiles] = useState<readonly OutgoingFile[]>([]);
  const [told, setTold] = useState("");
  const { limits } = talk.log;
  const refuse = (name: string): void =>
    setTold(`${name} was left out: at most ${limits.files} files of ${saySize(limits.file_bytes)} go with a message.`);
  const attach = (chosen: readonly OutgoingFile[]): void => {
    setTold("");
    setFiles(withinLimits(chosen, limits, refuse));
  };
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => void room.readReplies(), [room]);

  const asked = isShut ? null : slashed(text, caret);
  const offered = asked === null ? [] : matching(room.replies, asked.word);
  const chosen = offered[Math.min(at, offered.length - 1)];
  const filling: Filling = {
    visitor: conversation.party_name,
    agent: room.me?.name ?? "",
    site: conversation.site,
    page: conversation.context.title ?? "",
  };

  const take = (reply: CannedReply): void => {
    if (asked === null) return;
    const words = fill(reply.text, filling);
    const after = asked.from + words.length;
    setText(text.slice(0, asked.from) + words + text.slice(caret));
    setCaret(after);
    setAt(0);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(after, after);
    });
  };
  const send = (): void => {
    if (text.trim() === "" && files.length === 0) return;
    void talk.sender.write(text.trim(), files);
    setFiles([]);
    setText("");
    talk.sayTyping(false);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (chosen !== undefined) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) setAt((at + step + offered.length) % offered.length);
      else if (event.key === "Enter" || event.key === "Tab") take(chosen);
      else if (event.key === "Escape") setIsShut(true);
      else return;
      event.preventDefault();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      class="reply"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {offered.length === 0 ? null : (
        <ul class="offered" role="listbox" id="canned" aria-label="Canned replies">
          {offered.map((each) => (
            <li
              key={each.id}
              id={`canned-${each.id}`}
              role="option"
              aria-selected={each === chosen}
              data-testid="canned"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(each)}
            >
              <b>/{each.shortcut}</b> {each.text}
            </li>
          ))}
        </ul>
      )}
      {told === "" ? null : (
        <p class="hint told" role="status">
          {told}
        </p>
      )}
      <ChooseFiles chosen={files} choose={attach} label="Add files" remove={(name) => `Leave out ${name}`} />
      <textarea
        ref={field}
        id="reply"
        aria-controls={offered.length > 0 ? "canned" : undefined}
        aria-autocomplete="list"
        aria-activedescendant={chosen === undefined ? undefined : `canned-${chosen.id}`}
        aria-label="Your answer"
        placeholder="Your answer (Enter sends, Shift and Enter begins a line, / offers replies kept ready)"
        rows={2}
        maxLength={limits.text_characters}
        dir="auto"
        value={text}
        data-testid="reply"
        onInput={(event) => {
          const { value, selectionStart } = event.currentTarget;
          setText(value);
          setCaret(selectionStart);
          setAt(0);
          setIsShut(false);
          talk.sayTyping(value !== "");
        }}
        onPaste={(event) => {
          const pasted = [...(event.clipboardData?.files ?? [])];
          if (pasted.length > 0) attach([...files, ...asOutgoing(pasted)]);
        }}
        onKeyDown={press}
      />
      <button type="submit" class="primary" aria-disabled={text.trim() === "" && files.length === 0}>
        Send
      </button>
      <CannedReplies room={room} />
    </form>
  );
}
