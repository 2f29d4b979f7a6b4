import { useState } from "preact/hooks";
import { newClientId } from "../shared/chat/outbox";
import { Composer } from "./composer";
import { persist } from "./persist";
import { Rating } from "./rating";
import type { Session } from "./session";
import { Thread } from "./thread";
import type { Words } from "./words";

interface PanelProps {
  readonly session: Session;
  readonly words: Words;
  readonly isShown: boolean;
  readonly asksName: boolean;
  readonly onClose: (() => void) | null;
}

/** The whole of what is in the frame. Drawn anew whenever the session has changed. */
export function Panel({ session, words, isShown, asksName, onClose }: PanelProps) {
  const [begun, setBegun] = useState(false);
  const [draft, setDraft] = useState("");
  const [busy, setBusy] = useState(false);
  const { talk, problem } = session;
  const wantsName = asksName && !begun && talk === null && !session.isKnown;
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
      {wantsName ? (
        <form
          class="prechat"
          onSubmit={(event) => {
            event.preventDefault();
            session.kept.change({ name: String(new FormData(event.currentTarget).get("name") ?? "").trim() });
            setBegun(true);
            void session.begin();
          }}
        >
          <label for="name">{words.yourName}</label>
          <input id="name" name="name" autocomplete="name" maxLength={80} aria-describedby="name-why" data-testid="name" />
          <p id="name-why" class="hint">
            {words.nameWhy}
          </p>
          <button type="submit" class="primary" data-testid="begin">
            {words.begin}
          </button>
        </form>
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
                draft={draft}
                setDraft={setDraft}
                isOpen={talk !== null}
                onTyping={(isTyping) => talk?.sayTyping(isTyping)}
                onSend={(text) => void session.write(text)}
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
  if (state === "queued") return words.queued;
  if (state === "assigned") return words.withPerson(nameOfAgent(talk.log.entries, owner) || words.person);
  if (state === "snoozed") return words.snoozed;
  if (state === "resolved") return words.resolved;
  if (state === "closed") return words.closed;
  return talk.log.entries.some((each) => each.role === "bot") ? words.withBot : "";
}

export function nameOfAgent(entries: readonly { by: string; name: string }[], agentId: string): string {
  return entries.findLast((each) => each.by === agentId && each.name !== "")?.name ?? "";
}
