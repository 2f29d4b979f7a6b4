import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Api } from "../api";
import { ConnectionState } from "../connection_state";
import { Failure } from "../form";
import type { Problem } from "../messages";
import { Composer, type ComposerWords } from "./composer";
import { Said } from "./said";
import type { Talk, Turn } from "./talk";
import "./talk_part.css";
import { TalkRoom } from "./talk_room";
import type { Entry } from "./told";

interface TalkPartProps {
  readonly api: Api;
  /** A POST there names the conversation and begins it where there is none: `{conversation_id}`. */
  readonly path: string;
  /** For those who hear the page: with whom, about what. */
  readonly label: string;
  /** Who answers, in the middle of a sentence: "whoever supervises this exam"; or that two talk alone until one calls. */
  readonly answeredBy: string | "the other side";
  /** What stands there before the first word. */
  readonly invites: string;
}

const WORDS: ComposerWords = {
  write: "Write a message",
  send: "Send",
  tooLong: (most) => `At most ${most} characters.`,
  masked: "A card number was hidden before it was sent.",
  attach: "Add files",
  removeFile: (name) => `Leave out ${name}`,
  notTaken: (name, size) => `${name} was left out: at most four files of ${size} go with a message.`,
};

/**
 * A conversation between people who are known, in a page about what it is about: an exam, an application, a contract.
 * What is written is kept in this browser until the server has it; Enter sends, Shift and Enter begins a line.
 */
export function TalkPart({ api, path, label, answeredBy, invites }: TalkPartProps) {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const held = useRef<TalkRoom | null>(null);
  const [draft, setDraft] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const room = (held.current = new TalkRoom(api, path, () => draw(undefined)));
    draw(undefined);
    void room.open();
    return () => room.close();
  }, [api, path]);
  const room = held.current;
  const talk = room?.talk ?? null;
  const isShown = talk?.isRead === true;
  const state = talk?.log.standing.state ?? "unattended";
  useEffect(() => {
    if (isShown && !document.hidden) talk?.markRead();
  });
  const turn = async (wanted: Turn): Promise<void> => {
    if (busy || talk === null) return;
    setBusy(true);
    setProblem(await talk.turn(wanted));
    setBusy(false);
  };
  return (
    <section class="talk" aria-label={label} data-testid="talk" data-state={state}>
      <header>
        <p class="standing" role="status">
          {isShown && talk !== null ? sayStanding(talk, answeredBy, invites) : "Opening…"}
        </p>
        {room?.door.line ? <ConnectionState state={room.door.line.state} /> : null}
      </header>
      <Failure problem={problem ?? room?.problem ?? null} />
      {isShown && talk !== null ? (
        <>
          <Said
            talk={talk}
            isOurs={(each) => each.by === talk.log.you}
            sayName={(each) => sayName(each, talk.log.you)}
            sayTurn={(each) => sayTurn(each, talk)}
            got={talk.log.othersGot}
            unnamed="Somebody"
          />
          {state === "closed" ? null : (
            <Composer
              words={WORDS}
              limits={talk.log.limits}
              draft={draft}
              setDraft={setDraft}
              isOpen
              onTyping={(isTyping) => talk.sayTyping(isTyping)}
              onSend={(text, files) => void talk.sender.write(text, files)}
            />
          )}
          {answeredBy !== "the other side" ? null : (
            <p class="calling">
              {state === "open" ? (
                <button type="button" aria-disabled={busy} onClick={() => void turn("escalate")} data-testid="call-in">
                  Ask Guildhall to join
                </button>
              ) : null}
              {state === "queued" || state === "assigned" || state === "snoozed" ? (
                <button type="button" aria-disabled={busy} onClick={() => void turn("resolve")} data-testid="go-on-alone">
                  Go on without Guildhall
                </button>
              ) : null}
            </p>
          )}
        </>
      ) : null}
    </section>
  );
}

function sayStanding(talk: Talk, answeredBy: string, invites: string): string {
  const { entries, standing } = talk.log;
  const isBetween = answeredBy === "the other side";
  switch (standing.state) {
    case "unattended":
    case "open":
      if (entries.some((each) => each.kind === "message")) return isBetween ? "Only your two sides read this." : "";
      return invites;
    case "queued":
      return isBetween
        ? "You called Guildhall in: somebody of theirs will join here, and reads what was said."
        : `Sent. It is answered here by ${answeredBy}; you are told as soon as it is.`;
    case "assigned":
      return `${nameOf(talk, standing.owner)} is with you${isBetween ? ", and reads along" : ""}.`;
    case "snoozed":
      return isBetween ? "Guildhall comes back to this." : "You will hear more here.";
    case "resolved":
      return isBetween ? "From the next message on only your two sides read this." : "Answered. Write again if it is not.";
    case "closed":
      return "This is closed; what was said stays here.";
  }
}

function nameOf(talk: Talk, owner: string): string {
  return talk.log.entries.findLast((each) => each.by === owner && each.name !== "")?.name ?? "Somebody of Guildhall";
}

function sayName(entry: Entry, you: string): string {
  if (entry.by === you) return "You";
  if (entry.role === "agent") return entry.name === "" ? "Guildhall" : `${entry.name} (Guildhall)`;
  return entry.name || "Guildhall";
}

function sayTurn(entry: Entry, talk: Talk): string {
  switch (entry.turn) {
    case "escalate":
      return entry.kind === "message" ? "" : "Guildhall was called in";
    case "take":
    case "assign":
    case "transfer":
      return `${nameOf(talk, entry.owner)} has joined`;
    case "resolve":
      return entry.role === "party" ? "Guildhall was sent away" : "Settled";
    case "close":
      return "Closed";
    default:
      return "";
  }
}
