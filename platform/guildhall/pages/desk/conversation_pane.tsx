import { useEffect, useRef, useState } from "preact/hooks";
import { Files } from "../shared/chat/files";
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
        <Said talk={talk} agents={room.agents} />
      )}
      {talk !== null && isYours ? <ReplyForm room={room} talk={talk} conversation={conversation} /> : null}
      <Aside room={room} conversation={conversation} talk={talk} />
    </section>
  );
}

function Said({ talk, agents }: { talk: Talk; agents: readonly Agent[] }) {
  const box = useRef<HTMLDivElement>(null);
  const { log } = talk;
  const said = new Set(log.entries.map((each) => each.client_id));
  const waiting = talk.sender.waiting.filter((each) => !said.has(each.client_id));
  useEffect(() => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [log.last, waiting.length]);
  const party = log.entries.find((each) => each.role === "party")?.by ?? "";
  const [delivered, read] = log.receipts[party] ?? [0, 0];
  const lastOwn = log.entries.findLast((each) => each.kind === "message" && each.by === log.you);
  return (
    <div class="thread" ref={box} tabIndex={0} role="group" aria-label="What was said">
      <div role="log" aria-live="polite" aria-label="Messages" data-testid="log">
        <ol>
          {log.entries
            .filter((each) => each.kind !== "mark")
            .map((each) =>
              each.kind !== "message" ? (
                <li key={each.number} class="turn-told" data-testid={each.kind === "rating" ? "rating" : undefined}>
                  {sayTurn(each, agents)}
                </li>
              ) : (
                <li key={each.number} class={each.role === "party" ? "theirs" : "ours"} data-testid="message">
                  <span class="who">
                    {each.role === "party" ? each.name || "Visitor" : each.name || (each.role === "bot" ? "Bot" : "Guildhall")} ·{" "}
                    <time dateTime={new Date(each.at_ms).toISOString()}>
                      {new Date(each.at_ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}
                    </time>
                  </span>
                  {each.text === "" ? null : <p dir="auto">{each.text}</p>}
                  {(each.files ?? []).length === 0 ? null : <Files files={each.files ?? []} link={talk.linkFile} open="Open" />}
                  {each === lastOwn ? (
                    <span class="who">{each.number <= read ? "Read" : each.number <= delivered ? "Delivered" : "Sent"}</span>
                  ) : null}
                </li>
              ),
            )}
          {waiting.map((each) => (
            <li key={each.client_id} class="ours" data-testid="waiting">
              <p dir="auto">{each.text}</p>
              <span class="who">{each.refused === null ? "Sending…" : `Not sent: ${each.refused}`}</span>
              {each.refused === null ? null : (
                <button type="button" onClick={() => void talk.sender.discard(each.client_id)}>
                  Discard
                </button>
              )}
            </li>
          ))}
        </ol>
      </div>
      <p class="who typing">{talk.typing.size === 0 ? "" : `${[...talk.typing.values()].map((name) => name || "The visitor").join(", ")} is typing…`}</p>
    </div>
  );
}

function sayTurn(entry: Entry, agents: readonly Agent[]): string {
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
