import { render } from "preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { ConnectionState } from "../shared/connection_state";
import { Failure } from "../shared/form";
import { openApi } from "../shared/page_api";
import { ConversationPane } from "./conversation_pane";
import "./desk.css";
import { DeskRoom, TABS, type Tab } from "./desk_room";
import { Lists } from "./lists";
import type { PresenceState } from "./told";

const api = openApi();
const PRESENCES: readonly (readonly [PresenceState, string])[] = [
  ["online", "Here"],
  ["away", "Away"],
  ["offline", "Gone"],
];

function DeskPage() {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const held = useRef<DeskRoom | null>(null);
  held.current ??= new DeskRoom(api, () => draw(undefined));
  const room = held.current;
  const [tab, setTab] = useState<Tab>("queued");
  useEffect(() => {
    void room.open();
    return () => room.close();
  }, [room]);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      const list = room.lists[tab] ?? [];
      const at = list.findIndex((each) => each.id === room.shown?.id);
      const acts: Readonly<Record<string, () => void>> = {
        KeyJ: () => void room.show(list[Math.min(at + 1, list.length - 1)] ?? room.shown),
        KeyK: () => void room.show(list[Math.max(at - 1, 0)] ?? room.shown),
        KeyT: () => void room.turn("take"),
        KeyR: () => document.getElementById("reply")?.focus(),
        KeyN: () => document.getElementById("note")?.focus(),
        Digit1: () => setTab(TABS[0]),
        Digit2: () => setTab(TABS[1]),
      };
      const act = acts[event.code];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [room, tab]);

  const presence = room.me?.presence ?? "offline";
  const mineUnread = [...room.talks.values()].reduce((sum, talk) => sum + (talk.log.standing.owner === room.you ? talk.log.unread : 0), 0);
  useEffect(() => {
    document.title = mineUnread > 0 ? `(${mineUnread}) Desk · Guildhall` : "Desk · Guildhall";
  }, [mineUnread]);

  return (
    <div class="desk" data-view={room.shown === null ? "lists" : "conversation"}>
      <header class="bar">
        <h1 class="where">Desk</h1>
        <fieldset class="presence" data-testid="presence" data-state={presence}>
          <legend class="unseen">Are you here?</legend>
          {PRESENCES.map(([state, words]) => (
            <label key={state}>
              <input type="radio" name="presence" checked={presence === state} onChange={() => void room.be(state)} data-testid={`be-${state}`} />
              {words}
            </label>
          ))}
        </fieldset>
        {room.me === null ? null : (
          <span class="hint">
            {room.me.holds} of {room.me.limit} held
          </span>
        )}
        {room.line === null ? null : <ConnectionState state={room.line.state} />}
        <a href="/faq">FAQ</a>
        <a href="/desk/numbers">Numbers</a>
        <a href="/account">Your account</a>
      </header>
      {room.problem !== null && room.problem.type !== "signed-out" ? <Failure problem={room.problem} /> : null}
      <main>
        <Lists room={room} tab={tab} setTab={setTab} />
        {room.shown === null ? (
          <section class="pane nothing" aria-label="Conversation">
            <p class="empty">
              Choose a conversation; those who wait longest stand first. Say that you are here, and the next one comes by
              itself.
            </p>
            <p class="hint">
              <kbd>Alt</kbd> with <kbd>J</kbd> or <kbd>K</kbd>: next, previous · <kbd>T</kbd>: take · <kbd>R</kbd>: reply ·{" "}
              <kbd>N</kbd>: note · <kbd>1</kbd>, <kbd>2</kbd>: waiting, yours
            </p>
          </section>
        ) : (
          <ConversationPane key={room.shown.id} room={room} conversation={room.shown} />
        )}
      </main>
    </div>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<DeskPage />, page);
