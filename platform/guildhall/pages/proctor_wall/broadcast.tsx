import { useState } from "preact/hooks";
import type { BroadcastSent } from "../shared/acting";
import { sayCount } from "../shared/wording";
import { TEXT_CHARACTERS, useDraft, useSending } from "./writing";
import type { Wall } from "./wall";
import { useModal } from "../shared/use_modal";

/** One message to everybody in the room; each of them acknowledges it for themselves. */
export function Broadcast({ wall, close }: { wall: Wall; close: () => void }) {
  const dialog = useModal();
  const [text, setText] = useDraft(wall.floor, "broadcast");
  const [sent, setSent] = useState("");
  const { busy, failure, send } = useSending();
  const barred = wall.floor.me === "" || text.trim() === "" || busy;
  const write = async (): Promise<void> => {
    const reply = await send<BroadcastSent>({ text: text.trim() }, (body) => wall.floor.send("broadcast", body));
    if (reply === null) return;
    setText("");
    setSent(`Sent to ${sayCount(reply.candidates, "candidate", "candidates")}.`);
  };
  return (
    <dialog ref={dialog} class="small" aria-labelledby="broadcast-title" onClose={close} data-testid="broadcast-dialog">
      <form
        class="action-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!barred) void write();
        }}
      >
        <h2 id="broadcast-title">Write to everybody</h2>
        <label for="broadcast-text">Everybody who has not finished reads this</label>
        <textarea id="broadcast-text" rows={4} maxLength={TEXT_CHARACTERS} value={text} onInput={(event) => setText(event.currentTarget.value)} data-testid="broadcast-text" />
        <span class="line">
          <button type="submit" class="primary" aria-disabled={barred} data-testid="send-broadcast">
            Send to everybody
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </span>
        {wall.floor.me === "" ? <p class="hint">This connection may look and not act.</p> : null}
        <p role="status" data-testid="broadcast-said">
          {sent}
        </p>
        {failure === "" ? null : <p role="alert">{failure}</p>}
      </form>
    </dialog>
  );
}
