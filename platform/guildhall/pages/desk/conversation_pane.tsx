import { useEffect, useState } from "preact/hooks";
import { Said } from "../shared/chat/said";
import type { Talk } from "../shared/chat/talk";
import type { Entry } from "../shared/chat/told";
import { Failure } from "../shared/form";
import { Icon } from "../shared/icons";
import type { Problem } from "../shared/messages";
import { Aside } from "./aside";
import { ReplyForm } from "./composing";
import type { DeskRoom } from "./desk_room";
import { nameOf, sayParty, saySpeaker } from "./saying";
import type { Agent, DeskConversation } from "./told";
import { Turns } from "./turns";

/** One conversation: who speaks, what was said, the reply, and what agents know of it besides. */
export function ConversationPane({ room, conversation }: { room: DeskRoom; conversation: DeskConversation }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const talk = room.talk;
  const standing = talk?.isRead ? talk.log.standing : conversation;
  const isYours = standing.state === "assigned" && standing.owner === room.you;
  const viewers = room.viewers;
  const act = async (path: string, body?: object): Promise<void> => setProblem(await room.turn(path, body));
  useEffect(() => {
    if (isYours && !document.hidden) talk?.markRead();
  }, [isYours, talk, talk?.log.last]);

  return (
    <section class="pane" aria-label={`Conversation with ${sayParty(conversation)}`} data-testid="conversation">
      <header class="head">
        <button type="button" class="back" onClick={() => void room.show(null)}>
          <Icon name="back" /> All
        </button>
        <h2>{sayParty(conversation)}</h2>
        <p class="speaker" role="status" data-testid="speaker" data-epoch={talk?.log.standing.epoch}>
          {saySpeaker(standing, room.you, room.agents)}
        </p>
        {viewers.length === 0 ? null : (
          <p class="viewers" data-testid="viewers">
            <Icon name="eye" /> {viewers.join(", ")} {viewers.length === 1 ? "is" : "are"} looking too
          </p>
        )}
        <Turns room={room} state={standing.state} isYours={isYours} hasBot={conversation.has_bot} act={(path, body) => void act(path, body)} />
        <Failure problem={problem} />
      </header>
      {talk === null || !talk.isRead ? (
        <p class="empty thread" role="status">
          {talk?.problem?.detail ?? "Reading what was said…"}
        </p>
      ) : (
        <Said
          talk={talk}
          isOurs={(each) => each.role !== "party"}
          sayName={(each) => each.name || NAME_OF_ROLE[each.role]}
          sayTurn={(each) => sayTurn(each, room.agents)}
          got={partyGot(talk)}
          unnamed="The visitor"
        />
      )}
      {talk !== null && isYours ? <ReplyForm room={room} talk={talk} conversation={conversation} /> : null}
      <Aside room={room} conversation={conversation} talk={talk} />
    </section>
  );
}

const NAME_OF_ROLE: Readonly<Record<Entry["role"], string>> = { party: "Visitor", bot: "Bot", agent: "Guildhall", system: "Guildhall" };

/** How far the party got who has got furthest. */
function partyGot({ log }: Talk): readonly [number, number] {
  const parties = new Set(log.entries.filter((each) => each.role === "party").map((each) => each.by));
  const got = Object.entries(log.receipts).filter(([reader]) => parties.has(reader));
  return [Math.max(0, ...got.map(([, [delivered]]) => delivered)), Math.max(0, ...got.map(([, [, read]]) => read))];
}

function sayTurn(entry: Entry, agents: readonly Agent[]): string {
  if (entry.kind === "mark") return "";
  const holder = entry.owner === "" ? "" : nameOf(entry.owner, agents);
  if (entry.kind === "rating") return `Rated ${entry.rating ?? 0} of 5${entry.text === "" ? "" : `: “${entry.text}”`}`;
  switch (entry.turn) {
    case "escalate":
      return "A person was asked for";
    case "take":
    case "assign":
      return `${holder} holds it`;
    case "transfer":
      return `Handed to ${holder}`;
    case "requeue":
      return "Back in the queue";
    case "hand_back":
      return "Handed back to the bot";
    case "snooze":
      return "Put off";
    case "wake":
      return "Back from being put off";
    case "resolve":
      return "Resolved";
    case "reopen":
      return "Opened again";
    case "late":
      return "Nobody had answered by the time that was promised";
    case "contact":
      return "Left an address: what is not read here is mailed there";
    case "close":
      return "Closed";
    default:
      return entry.turn;
  }
}
