import { useState } from "preact/hooks";
import { Search } from "./search";
import { useNow } from "../shared/use_now";
import { TABS, type DeskRoom, type Tab } from "./desk_room";
import { nameOf, sayAbout, sayAge, sayParty, sayPromise } from "./saying";
import type { DeskConversation } from "./told";

const NAMES: Readonly<Record<Tab, string>> = {
  queued: "Waiting",
  mine: "Yours",
  unattended: "With the bot",
  snoozed: "Put off",
  resolved: "Resolved",
};
const EMPTY: Readonly<Record<Tab, string>> = {
  queued: "Nobody waits.",
  mine: "You hold nothing. Take one that waits.",
  unattended: "No conversation is with the bot.",
  snoozed: "Nothing is put off.",
  resolved: "Nothing was resolved yet.",
};

interface ListsProps {
  readonly room: DeskRoom;
  readonly tab: Tab;
  readonly setTab: (tab: Tab) => void;
}

export function Lists({ room, tab, setTab }: ListsProps) {
  const now = useNow(5000);
  const [isFound, setIsFound] = useState(false);
  const list = isFound ? room.found : room.lists[tab];
  return (
    <nav class="lists" aria-label="Conversations">
      <Search room={room} onFound={setIsFound} />
      <div class="tabs">
        {TABS.map((each) => (
          <button type="button" key={each} aria-pressed={tab === each && !isFound} onClick={() => (setIsFound(false), setTab(each))} data-testid={`tab-${each}`}>
            {NAMES[each]}
            {room.lists[each] === undefined ? null : <b>{room.lists[each].length}</b>}
          </button>
        ))}
      </div>
      {list === undefined ? (
        <p class="empty" role="status">
          {room.problem === null ? "Looking…" : ""}
        </p>
      ) : list.length === 0 ? (
        <p class="empty">{isFound ? "Nothing was found." : EMPTY[tab]}</p>
      ) : (
        <ul>
          {list.map((each) => (
            <Row key={each.id} room={room} conversation={each} now={now} />
          ))}
        </ul>
      )}
    </nav>
  );
}

function Row({ room, conversation, now }: { room: DeskRoom; conversation: DeskConversation; now: number }) {
  const talk = room.talks.get(conversation.id);
  const unread = conversation.owner === room.you ? (talk?.log.unread ?? 0) : 0;
  const isTyping = (talk?.typing.size ?? 0) > 0;
  const since = conversation.state === "queued" ? conversation.waiting_since_ms : conversation.last_at_ms;
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={room.shown?.id === conversation.id}
        onClick={() => void room.show(conversation)}
        data-testid="row"
      >
        <strong>{sayParty(conversation)}</strong>
        <span class="age">{conversation.state === "queued" ? `waits ${sayAge(now - since)}` : sayAge(now - since)}</span>
        {conversation.promised_by_ms === 0 ? null : (
          <span class="promise" data-late={conversation.promised_by_ms < now} data-testid="promise">
            {sayPromise(conversation.promised_by_ms - now)}
          </span>
        )}
        {conversation.kind === "visitor" ? null : <span class="about">{sayAbout(conversation)}</span>}
        <span class="last">{isTyping ? "is typing…" : conversation.last_text || "Nothing said yet"}</span>
        {unread > 0 ? <b class="unread">{unread} new</b> : null}
        {conversation.state === "assigned" && conversation.owner !== room.you ? (
          <span class="holder">{nameOf(conversation.owner, room.agents)}</span>
        ) : null}
      </button>
    </li>
  );
}
