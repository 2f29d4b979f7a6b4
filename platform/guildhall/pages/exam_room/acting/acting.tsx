import { useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import { sayClock, sayCount } from "../../shared/wording";
import "./acting.css";
import { inBanners, inDialog } from "./asked";
import { AskedDialog } from "./asked_dialog";
import { Conversation } from "./conversation";
import { newKey } from "./keys";
import { sayTurn, sayWhy } from "./saying";
import type { Acting } from "./use_acting";

export { useActing } from "./use_acting";

/** What proctors ask of this candidate, and how to answer them. `canTalk`: the person is in the room and the exam not over. */
export function ActingView({ acting, canTalk }: { acting: Acting | null; canTalk: boolean }) {
  if (acting === null) return null;
  const { asked } = acting;
  const dialog = inDialog(asked);
  return (
    <div class="acting" data-testid="acting">
      <div class="turns" role="status" data-testid="turns">
        {inBanners(asked).map((told) => (
          <div key={told.action_id} class="banner good" data-testid="turn" data-kind={told.kind}>
            <Icon name={told.kind === "pause" ? "pause" : "time"} />
            <span>
              <strong>{sayTurn(told, asked.pausedAtMs[told.action_id] ?? null)}</strong> {sayWhy(told)}
            </span>
            <button type="button" class="small" onClick={() => acting.acknowledge(told.action_id)} data-testid="turn-read">
              I have read this
              <span class="unseen">: {told.kind}</span>
            </button>
          </div>
        ))}
      </div>
      {canTalk ? <Talking acting={acting} /> : null}
      {dialog === null ? null : (
        <AskedDialog key={dialog.action_id} told={dialog} acknowledge={() => acting.acknowledge(dialog.action_id)} />
      )}
    </div>
  );
}

function Talking({ acting }: { acting: Acting }) {
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const moving = useRef(false);
  const raisedAtMs = acting.conversation?.hand_raised_at_ms ?? null;
  const isUp = raisedAtMs !== null;
  const moveHand = async (): Promise<void> => {
    if (moving.current) return;
    moving.current = true;
    setFailure(null);
    const problem = await acting.moveHand({ key: newKey(), is_up: !isUp });
    moving.current = false;
    if (problem !== null) setFailure(`${problem} Your hand is ${isUp ? "still up" : "not up"}. Try again in a moment.`);
  };
  const unread = acting.unread === 0 ? "" : sayCount(acting.unread, "new message", "new messages");
  return (
    <section class="talking" aria-label="Your proctor" data-has-news={unread !== ""}>
      <div class="talking-bar">
        <button type="button" onClick={() => void moveHand()} data-testid="hand" data-up={isUp}>
          <Icon name="up" />
          {isUp ? "Lower hand" : "Raise hand"}
        </button>
        <button type="button" aria-expanded={isOpen} aria-controls="conversation" onClick={() => setOpen(!isOpen)} data-testid="talk">
          {isOpen ? "Close messages" : "Open messages"}
          {unread === "" ? null : (
            <strong class="unread" data-testid="unread">
              {unread}
            </strong>
          )}
        </button>
        <span class="hint" role="status" data-testid="hand-state">
          {isUp ? `Your hand is up since ${sayClock(raisedAtMs)}. ` : ""}
          <span class="unseen">{unread === "" || isOpen ? "" : `${unread} from the proctors.`}</span>
        </span>
      </div>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <Conversation acting={acting} isOpen={isOpen} />
    </section>
  );
}
