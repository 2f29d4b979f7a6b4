import { useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { DeskRoom } from "./desk_room";

/** The replies that are kept ready: everybody's, and your own. */
export function CannedReplies({ room }: { readonly room: DeskRoom }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [shortcut, setShortcut] = useState("");
  const [text, setText] = useState("");
  const [isShared, setIsShared] = useState(false);
  const keep = async (): Promise<void> => {
    const refused = await room.keepReply(shortcut.trim().replace(/^\//, ""), text, isShared);
    setProblem(refused);
    if (refused !== null) return;
    setShortcut("");
    setText("");
  };
  return (
    <details class="canned-kept">
      <summary data-testid="canned-kept">Replies kept ready ({room.replies.length})</summary>
      <ul>
        {room.replies.map((each) => (
          <li key={each.id}>
            <span>
              <b>/{each.shortcut}</b> {each.text} {each.is_shared ? <span class="hint">everybody’s</span> : null}
            </span>
            {each.is_shared && !room.mayShareReplies ? null : (
              <button type="button" aria-label={`Delete /${each.shortcut}`} onClick={() => void room.forgetReply(each.id).then(setProblem)}>
                Delete
              </button>
            )}
          </li>
        ))}
      </ul>
      <div class="canned-new">
        <input aria-label="Shortcut" placeholder="/shortcut" value={shortcut} maxLength={31} onInput={(event) => setShortcut(event.currentTarget.value)} data-testid="canned-shortcut" />
        <textarea aria-label="Text of the reply" placeholder="Hello {visitor}, … ({agent}, {site} and {page} are filled in too)" rows={2} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} data-testid="canned-text" />
        {room.mayShareReplies ? (
          <label>
            <input type="checkbox" checked={isShared} onChange={(event) => setIsShared(event.currentTarget.checked)} /> Everybody’s
          </label>
        ) : null}
        <button type="button" aria-disabled={shortcut.trim() === "" || text.trim() === ""} onClick={() => void keep()} data-testid="canned-keep">
          Keep it
        </button>
      </div>
      <Failure problem={problem} />
    </details>
  );
}
