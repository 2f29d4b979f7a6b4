import { useState } from "preact/hooks";
import { newClientId } from "../shared/chat/outbox";
import { Composer } from "../shared/chat/composer";
import { ConversationLog } from "../shared/chat/log";
import { persist } from "./persist";
import { KeepChat, LeaveAddress } from "./keeping";
import { PreChat } from "./pre_chat";
import { Rating } from "./rating";
import type { Talk } from "../shared/chat/talk";
import type { Session } from "./session";
import { Thread } from "./thread";
import type { Words } from "./words";

interface PanelProps {
  readonly session: Session;
  readonly words: Words;
  readonly isShown: boolean;
  /** What is asked for before the first word: "name", "email". */
  readonly asks: readonly string[];
  readonly onClose: (() => void) | null;
}

const NO_LOG = new ConversationLog();

/** The whole of what is in the frame. Drawn anew whenever the session has changed. */
export function Panel({ session, words, isShown, asks, onClose }: PanelProps) {
  const [begun, setBegun] = useState(false);
  const [draft, setDraft] = useState("");
  const [busy, setBusy] = useState(false);
  const { talk, problem } = session;
  const wantsForm = asks.length > 0 && !begun && talk === null && !session.isKnown;
  const state = talk?.log.standing.state ?? "unattended";
  const isOver = state === "closed";

  const turn = async (wanted: "escalate" | "resolve"): Promise<void> => {
    if (busy || talk === null) return;
    setBusy(true);
    const clientId = newClientId();
    await persist(() => talk.turn(wanted, clientId));
    setBusy(false);
  };

  return (
    <div class="panel" data-testid="panel" data-state={state}>
      <header>
        <h1>{words.title}</h1>
        {onClose === null ? null : (
          <button type="button" class="icon-button" aria-label={words.close} onClick={onClose} data-testid="close">
            <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
              <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" />
            </svg>
          </button>
        )}
        <p class="standing" role="status" data-testid="standing">
          {sayStanding(session, words)}
        </p>
      </header>
      <main>
      {wantsForm ? (
        <PreChat
          asks={asks}
          words={words}
          onBegin={(name, email) => {
            session.kept.change({ name });
            setBegun(true);
            void session.begin().then(() => (email === "" ? null : persist(async () => (await session.talk?.leaveAddress(email)) ?? null)));
          }}
        />
      ) : (
        <>
          {talk === null ? (
            <div class="thread">
              <p class="hint">{problem === null || problem.status === 0 ? "" : problem.status >= 500 ? "" : problem.detail}</p>
            </div>
          ) : (
            <Thread talk={talk} words={words} isShown={isShown} onEdit={setDraft} onChoose={(text) => void session.write(text)} />
          )}
          {session.outbox.isKept || (talk?.sender.waiting.length ?? 0) === 0 ? null : <p class="hint told">{words.notKept}</p>}
          {talk !== null && (isOver || state === "resolved") && talk.log.entries.some((each) => each.by === talk.log.you) ? (
            <Rating key={talk.log.entries.findLast((each) => each.turn === "resolve")?.number} talk={talk} words={words} />
          ) : null}
          {talk !== null && state === "queued" && !isPromised(talk) && !hasAddress(talk) ? <LeaveAddress talk={talk} words={words} /> : null}
          {isOver ? (
            <p class="foot">
              <button type="button" class="primary" onClick={() => void session.beginAnew()} data-testid="anew">
                {words.startNew}
              </button>
            </p>
          ) : (
            <>
              <Composer
                words={words}
                limits={talk?.log.limits ?? NO_LOG.limits}
                draft={draft}
                setDraft={setDraft}
                isOpen={talk !== null}
                onTyping={(isTyping) => talk?.sayTyping(isTyping)}
                onSend={(text, files) => void session.write(text, files)}
              />
              <p class="foot">
                {state === "unattended" ? (
                  <button type="button" aria-disabled={busy || talk === null} onClick={() => void turn("escalate")} data-testid="ask-person">
                    {words.askPerson}
                  </button>
                ) : null}
                {talk === null || state === "resolved" ? null : (
                  <button type="button" aria-disabled={busy} onClick={() => void turn("resolve")} data-testid="end">
                    {words.end}
                  </button>
                )}
              </p>
            </>
          )}
          {talk !== null && talk.log.entries.some((each) => each.by === talk.log.you) ? <KeepChat talk={talk} words={words} /> : null}
        </>
      )}
      </main>
    </div>
  );
}

function sayStanding({ talk, line, problem }: Session, words: Words): string {
  if (talk === null) return problem === null ? words.connecting : problem.status === 0 || problem.status >= 500 ? words.offline : words.refused;
  if (line?.state === "offline" || (talk.problem !== null && line?.state !== "connected")) return words.offline;
  const { state, owner } = talk.log.standing;
  if (state === "queued") return sayWait(talk, words);
  if (state === "assigned") return words.withPerson(nameOfAgent(talk.log.entries, owner) || words.person);
  if (state === "snoozed") return words.snoozed;
  if (state === "resolved") return words.resolved;
  if (state === "closed") return words.closed;
  return talk.log.entries.some((each) => each.role === "bot") ? words.withBot : sayUsual(talk, words);
}

function sayUsual(talk: Talk, words: Words): string {
  const { usualWaitMs } = talk.log;
  return usualWaitMs === 0 ? words.nobodyHere : words.usually(Math.ceil(usualWaitMs / 60_000));
}

/** What whoever waits was promised: a time, or why there is none. */
function sayWait(talk: Talk, words: Words): string {
  const by = talk.log.standing.promised_by_ms ?? 0;
  if (by > 0) {
    return `${words.queued} ${words.promisedBy(new Date(by).toLocaleTimeString(words.locale, { hour: "2-digit", minute: "2-digit" }))}`;
  }
  if (hasAddress(talk)) return `${words.queued} ${words.addressLeft}.`;
  return isLate(talk) ? words.late : `${words.queued} ${words.nobodyHere}`;
}

function isPromised(talk: Talk): boolean {
  return (talk.log.standing.promised_by_ms ?? 0) > 0;
}

function isLate(talk: Talk): boolean {
  return talk.log.entries.findLast((each) => each.state === "queued" && each.turn !== "")?.turn === "late";
}

function hasAddress(talk: Talk): boolean {
  return talk.log.entries.some((each) => each.turn === "contact");
}

export function nameOfAgent(entries: readonly { by: string; name: string }[], agentId: string): string {
  return entries.findLast((each) => each.by === agentId && each.name !== "")?.name ?? "";
}
