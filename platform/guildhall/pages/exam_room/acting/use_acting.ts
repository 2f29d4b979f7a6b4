import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ActionTold, ConversationTold, HandMoved, Said } from "../../shared/acting_told";
import type { Line } from "../../shared/line";
import type { Seat } from "../seat";
import { heard, inDialog, NOTHING_ASKED, spoken, without, type Asked } from "./asked";
import { NotedBook } from "./noted_book";
import { Noting } from "./noting";

/** A finished seat's line is closed; whoever is told why their exam was ended needs it a little longer: some re-sendings. */
const AFTERWARDS_MS = 30_000;

/** What proctors have asked of this seat, and the ways to answer. */
export interface Acting {
  readonly line: Line;
  readonly asked: Asked;
  readonly conversation: ConversationTold | null;
  /** Lines of proctors that were not on the screen yet. */
  readonly unread: number;
  acknowledge(actionId: string): void;
  /** The conversation is on the screen as it stands. */
  read(): void;
  /** Null, or why it was not taken. Sent again under the same key it is one line. */
  say(said: Said): Promise<string | null>;
  moveHand(moved: HandMoved): Promise<string | null>;
}

/** Null where nobody watches, and before the session is told. */
export function useActing(seat: Seat | null): Acting | null {
  const line = seat?.line ?? null;
  const sessionId = seat?.session?.session_id ?? null;
  const [asked, setAsked] = useState<Asked>(NOTHING_ASKED);
  const [conversation, setConversation] = useState<ConversationTold | null>(null);
  const [, redraw] = useState(0);
  const early = useRef<ActionTold[]>([]);
  const known = useRef<{ book: NotedBook; noting: Noting } | null>(null);

  const take = (told: ActionTold): void => {
    const { book, noting } = known.current ?? {};
    if (book === undefined || noting === undefined) return void early.current.push(told);
    noting.hear(told);
    setAsked((before) => heard(before, told, (id) => book.isAcknowledged(id)));
  };
  const adopt = (told: ConversationTold): void =>
    setConversation((before) => (before !== null && before.session_id === told.session_id && before.rev > told.rev ? before : told));

  // Before anything can arrive: a conversation is told once, when the page comes.
  useLayoutEffect(() => {
    if (line === null) return;
    line.socket.on("action", take);
    line.socket.on("conversation", adopt);
    return () => {
      line.socket.off("action", take);
      line.socket.off("conversation", adopt);
    };
  }, [line]);
  useLayoutEffect(() => {
    if (line === null || sessionId === null) return;
    const book = new NotedBook(sessionId, localStorage);
    const noting = new Noting(line, book);
    known.current = { book, noting };
    for (const told of early.current.splice(0)) take(told);
    redraw((count) => count + 1);
    return () => {
      noting.close();
      known.current = null;
    };
  }, [line, sessionId]);
  useEffect(() => {
    if (line?.state === "connected") known.current?.noting.wake();
  }, [line?.state, seat?.session]);

  const isFinished = seat?.isFinished === true;
  const hasDialog = inDialog(asked) !== null;
  // Why it ended may be told after it has ended, and is to be acknowledged even later.
  useEffect(() => {
    if (!isFinished || line === null || line.state === "taken_over" || line.state === "refused") return;
    if (!line.socket.active) line.socket.connect();
    if (hasDialog) return;
    const closeIdle = (): void => {
      if (known.current?.noting.isIdle !== false) line.close();
      else timer = setTimeout(closeIdle, AFTERWARDS_MS);
    };
    let timer = setTimeout(closeIdle, AFTERWARDS_MS);
    return () => clearTimeout(timer);
  }, [isFinished, hasDialog, line]);

  if (line === null || sessionId === null) return null;
  const book = known.current?.book ?? null;
  const acknowledge = (actionId: string): void => {
    known.current?.noting.acknowledge(actionId);
    setAsked((before) => without(before, actionId));
  };
  const ask = async (event: "say" | "hand", body: Said | HandMoved): Promise<string | null> => {
    const answer = await line.ask<ConversationTold>(event, body);
    if ("problem" in answer) return answer.problem.detail;
    adopt(answer.reply);
    return null;
  };
  const sayings = conversation?.sayings ?? [];
  return {
    line,
    asked,
    conversation,
    unread: book === null ? 0 : sayings.filter((each) => !each.is_candidate && !book.isRead(each.key)).length,
    acknowledge,
    read: () => {
      const keys = sayings.map((each) => each.key);
      if (book !== null && keys.some((key) => !book.isRead(key))) {
        book.markRead(keys);
        redraw((count) => count + 1);
      }
      // Only what the conversation shows by now: the action may be told before its line is.
      for (const told of spoken(asked)) if (keys.includes(told.action_id)) acknowledge(told.action_id);
    },
    say: (said) => ask("say", said),
    moveHand: (moved) => ask("hand", moved),
  };
}
