import type { ConversationState } from "../shared/chat/told";
import type { DeskRoom } from "./desk_room";

const MINUTE_MS = 60_000;
const LATER: readonly (readonly [string, number])[] = [
  ["For an hour", 60 * MINUTE_MS],
  ["For four hours", 240 * MINUTE_MS],
  ["For a day", 1440 * MINUTE_MS],
  ["For a week", 10_080 * MINUTE_MS],
];

interface TurnsProps {
  readonly room: DeskRoom;
  readonly state: ConversationState;
  readonly isYours: boolean;
  readonly hasBot: boolean;
  readonly act: (path: string, body?: object) => void;
}

/** What can be done with a conversation as it stands; the server decides once more, and says why not. */
export function Turns({ room, state, isYours, hasBot, act }: TurnsProps) {
  const others = room.agents.filter((each) => each.id !== room.you && each.presence !== "offline");
  const canTake = ["queued", "unattended", "snoozed"].includes(state);
  return (
    <div class="turns">
      {canTake ? (
        <button type="button" class="primary" onClick={() => act("take")} data-testid="take">
          Take it
        </button>
      ) : null}
      {isYours || canTake ? (
        <button type="button" onClick={() => act("resolve")} data-testid="resolve">
          Resolve
        </button>
      ) : null}
      {isYours ? (
        <>
          <Choose label="Put off" options={LATER.map(([words, ms]) => [words, String(ms)])} choose={(ms) => act("snooze", { until_ms: Date.now() + Number(ms) })} />
          <Choose label="Hand to" options={others.map((each) => [`${each.name} (${each.holds} of ${each.limit})`, each.id])} choose={(id) => act("transfer", { to_agent: id })} />
          <button type="button" onClick={() => act("requeue", {})}>
            Back to the queue
          </button>
          {hasBot ? (
            <button type="button" onClick={() => act("hand-back")} data-testid="hand-back">
              Back to the bot
            </button>
          ) : null}
        </>
      ) : null}
      {state === "resolved" ? (
        <button type="button" onClick={() => act("reopen")} data-testid="reopen">
          Open again
        </button>
      ) : null}
    </div>
  );
}

interface ChooseProps {
  readonly label: string;
  readonly options: readonly (readonly string[])[];
  readonly choose: (value: string) => void;
}

/** A list whose choice acts only with its button, so that nobody hands a visitor on by an arrow key. */
function Choose({ label, options, choose }: ChooseProps) {
  if (options.length === 0) return null;
  return (
    <form
      class="choose"
      onSubmit={(event) => {
        event.preventDefault();
        const value = new FormData(event.currentTarget).get("value");
        if (typeof value === "string") choose(value);
      }}
    >
      <select name="value" aria-label={label}>
        {options.map(([words, value]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <button type="submit">{label}</button>
    </form>
  );
}
