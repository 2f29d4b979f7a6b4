import type { Answer, Line } from "../line";
import type { Problem } from "../messages";
import type { Method } from "./http";
import { ConversationLog } from "./log";
import { newClientId, type OutboxKeeping, type Outgoing } from "./outbox";
import { ReplyStream } from "./reply_stream";
import { Sender } from "./sender";
import type { DeltaTold, EntriesPage, Entry, Filed, HeadTold, Taken, TypingTold } from "./told";

export type Turn = "escalate" | "resolve" | "reopen";
export type AskHttp = <T>(method: Method, path: string, body?: object | Blob) => Promise<Answer<T>>;

/** How often the log is asked for over HTTP while there is no socket: each time while an answer is awaited ... */
const POLL_MS = 1000;
/** ... else every so many times. */
const CALM_POLLS = 4;
const TYPING_EVERY_MS = 3000;
/** Somebody who said that they write and nothing since is taken to have stopped. */
const TYPING_LASTS_MS = 7000;

/**
 * One conversation on a page: what was said, in order and without a gap, and what is still on its way. Over the socket
 * while there is one: it joins before it reads, and asks for whatever is missing. Else the same over plain HTTP.
 */
export class Talk {
  readonly log = new ConversationLog();
  readonly sender: Sender;
  /** What the bot is about to say, as far as it is written. */
  readonly stream = new ReplyStream();
  readonly id: string;
  /** Who writes just now: their name, or "" for nobody, by who they are. */
  readonly typing = new Map<string, string>();
  /** Entries were read at least once. */
  isRead = false;
  problem: Problem | null = null;
  readonly #ask: AskHttp;
  readonly #changed: () => void;
  readonly #arrived: (entry: Entry) => void;
  #line: Line | null = null;
  /** What was put up for messages that are not said yet. */
  readonly #stored = new Map<string, string>();
  #isReading = false;
  #poll: ReturnType<typeof setInterval> | undefined;
  #polls = 0;
  #isWantingStream = false;
  #typedAtMs = 0;
  #marked: readonly [number, number] = [0, 0];
  readonly #typingEnds = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(id: string, ask: AskHttp, keeping: OutboxKeeping, changed: () => void, arrived: (entry: Entry) => void) {
    this.id = id;
    this.#ask = ask;
    this.#changed = changed;
    this.#arrived = arrived;
    this.sender = new Sender(
      keeping,
      id,
      (outgoing) => this.#sayWithFiles(outgoing),
      { changed, sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)) },
    );
    this.#poll = setInterval(() => {
      if (this.#isConnected || document.hidden) return;
      this.#polls += 1;
      if (this.#awaitsBot || this.#polls % CALM_POLLS === 0) void this.read();
    }, POLL_MS);
  }

  /** Whoever has asked and was not handed on yet is answered by the bot. */
  get #awaitsBot(): boolean {
    const last = this.log.entries.findLast((each) => each.kind === "message");
    return this.log.standing.state === "unattended" && last?.by === this.log.you;
  }

  get #isConnected(): boolean {
    return this.#line?.socket.connected === true;
  }

  /** Goes on over this line; the one before is let go of. */
  use(line: Line): void {
    this.#detach();
    this.#line = line;
    line.socket.on("connect", this.#joinNow);
    line.socket.on("entry", this.#onEntry);
    line.socket.on("head", this.#onHead);
    line.socket.on("typing", this.#onTyping);
    line.socket.on("delta", this.#onDelta);
    if (line.socket.connected) this.#joinNow();
  }

  close(): void {
    if (this.#isConnected) void this.#line?.ask("leave", { conversation_id: this.id });
    this.#detach();
    clearInterval(this.#poll);
    for (const timer of this.#typingEnds.values()) clearTimeout(timer);
    this.sender.stop();
  }

  takePage(page: EntriesPage): void {
    const before = this.log.last;
    this.log.takePage(page);
    this.isRead = true;
    this.problem = null;
    for (const entry of this.log.entries) if (entry.number > before) this.#arrivedOne(entry);
    this.stream.catchUp(page.writing);
    this.#markDelivered();
    this.#changed();
  }

  /** Everything after what is known; again until there is no gap. */
  async read(event: "join" | "sync" = "sync"): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let asked: "join" | "sync" = event; ; asked = "sync") {
        const before = this.log.last;
        const wanted = { conversation_id: this.id, after: before };
        const answer = this.#isConnected
          ? await this.#line!.ask<EntriesPage>(asked, wanted)
          : await this.#ask<EntriesPage>("GET", `${this.#path}/entries?after=${before}`);
        if ("problem" in answer) {
          this.problem = answer.problem;
          this.#changed();
          return;
        }
        this.takePage(answer.reply);
        if (!this.log.hasGap || this.log.last === before) return;
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** That everything up to here was looked at; call it while the conversation is in sight. */
  markRead(): void {
    const upTo = this.log.lastOfOthers;
    if (upTo > this.#marked[1]) this.#mark([Math.max(upTo, this.#marked[0]), upTo]);
  }

  sayTyping(isTyping: boolean): void {
    const now = Date.now();
    if (!this.#isConnected || (isTyping && now - this.#typedAtMs < TYPING_EVERY_MS)) return;
    if (!isTyping && this.#typedAtMs === 0) return;
    this.#typedAtMs = isTyping ? now : 0;
    void this.#line?.ask("typing", { conversation_id: this.id, is_typing: isTyping }, { volatile: true });
  }

  /** Asked once under an id of its own; when no answer comes the caller may ask again. */
  async turn(turn: Turn, clientId: string = newClientId()): Promise<Problem | null> {
    const answer = await this.#ask<Taken>("POST", `${this.#path}/turns`, { turn, client_id: clientId });
    await this.read();
    return "problem" in answer ? answer.problem : null;
  }

  /** From 1 to 5, and perhaps why; again under the same id says it once. */
  async rate(rating: number, text: string, clientId: string = newClientId()): Promise<Problem | null> {
    const answer = await this.#ask<Taken>("POST", `${this.#path}/ratings`, { rating, text, client_id: clientId });
    await this.read();
    return "problem" in answer ? answer.problem : null;
  }

  /** An address that opens a file for ten minutes; "" where there is none just now. */
  readonly linkFile = async (sha256: string): Promise<string> => {
    const answer = await this.#ask<{ path: string }>("POST", `${this.#path}/files/${sha256}/links`);
    return "reply" in answer ? answer.reply.path : "";
  };

  /** Where to write what is answered while nobody reads it here. */
  async leaveAddress(email: string, clientId: string = newClientId()): Promise<Problem | null> {
    const answer = await this.#ask<Taken>("PUT", `${this.#path}/contact`, { email, client_id: clientId });
    await this.read();
    return "problem" in answer ? answer.problem : null;
  }

  async mailTranscript(email: string): Promise<Problem | null> {
    const answer = await this.#ask("POST", `${this.#path}/transcripts`, { email });
    return "problem" in answer ? answer.problem : null;
  }

  transcript(): Promise<Answer<Blob>> {
    return this.#ask<Blob>("GET", `${this.#path}/transcript`);
  }

  get #path(): string {
    return `/v1/chat/conversations/${this.id}`;
  }

  /** The files first, each until it is stored: a message that names them stands in the log only with all of them. */
  async #sayWithFiles({ client_id, text, files = [] }: Outgoing): Promise<Answer<Taken>> {
    const stored: string[] = [];
    for (const [index, file] of files.entries()) {
      const key = `${client_id}/${index}`;
      let sha256 = this.#stored.get(key);
      if (sha256 === undefined) {
        // What it is the server reads from its bytes, whatever this browser says.
        const bytes = new Blob([file.blob], { type: "application/octet-stream" });
        const answer = await this.#ask<Filed>("POST", `${this.#path}/files?name=${encodeURIComponent(file.name)}`, bytes);
        if ("problem" in answer) return answer;
        sha256 = answer.reply.sha256;
        this.#stored.set(key, sha256);
      }
      stored.push(sha256);
    }
    return this.#say(client_id, text, stored);
  }

  async #say(clientId: string, text: string, files: readonly string[]): Promise<Answer<Taken>> {
    const answer = this.#isConnected
      ? await this.#line!.ask<Taken>("say", { conversation_id: this.id, client_id: clientId, text, files })
      : await this.#ask<Taken>("POST", `${this.#path}/messages`, { client_id: clientId, text, files });
    if ("reply" in answer) {
      this.#typedAtMs = 0;
      this.log.hear(answer.reply.number);
      // It leaves the outbox only when it stands in the log, so that it never flickers away in between.
      if (this.log.hasGap) await this.read();
    }
    return answer;
  }

  readonly #joinNow = (): void => {
    this.#isReading = false; // what was asked over the line before will not be answered
    void this.read("join").then(() => this.sender.look());
  };

  readonly #onEntry = (entry: Entry): void => {
    if (entry.conversation_id !== this.id) return;
    const before = this.log.last;
    if (!this.log.take(entry)) return;
    for (const each of this.log.entries) if (each.number > before) this.#arrivedOne(each);
    if (entry.kind === "message") this.#stopTyping(entry.by);
    if (this.log.hasGap) void this.read();
    this.#markDelivered();
    this.#changed();
  };

  readonly #onHead = (told: HeadTold): void => {
    if (told.conversation_id !== this.id) return;
    this.log.hear(told.head);
    if (this.log.hasGap) void this.read();
  };

  readonly #onTyping = (told: TypingTold): void => {
    if (told.conversation_id !== this.id || told.by === this.log.you) return;
    this.#stopTyping(told.by);
    if (told.is_typing) {
      this.typing.set(told.by, told.name);
      this.#typingEnds.set(
        told.by,
        setTimeout(() => {
          this.#stopTyping(told.by);
          this.#changed();
        }, TYPING_LASTS_MS),
      );
    }
    this.#changed();
  };

  readonly #onDelta = (told: DeltaTold): void => {
    if (told.conversation_id !== this.id) return;
    const isMissing = this.stream.take(told);
    if (isMissing && !this.#isWantingStream) {
      this.#isWantingStream = true;
      const asked = this.#line?.ask("stream", { conversation_id: this.id });
      void asked?.then(() => (this.#isWantingStream = false));
    }
    this.#stopTyping("bot");
    this.#changed();
  };

  #stopTyping(by: string): void {
    clearTimeout(this.#typingEnds.get(by));
    this.#typingEnds.delete(by);
    this.typing.delete(by);
  }

  #arrivedOne(entry: Entry): void {
    this.stream.hear(entry);
    this.#arrived(entry);
  }

  #markDelivered(): void {
    const upTo = this.log.lastOfOthers;
    const known = this.log.receipts[this.log.you]?.[0] ?? 0;
    if (upTo > Math.max(this.#marked[0], known)) this.#mark([upTo, this.#marked[1]]);
  }

  #mark([delivered, read]: readonly [number, number]): void {
    this.#marked = [delivered, read];
    // A lost receipt is no harm: the next one says more, and a reload says it again.
    if (this.#isConnected) void this.#line?.ask("mark", { conversation_id: this.id, delivered, read });
    else void this.#ask("POST", `${this.#path}/marks`, { delivered, read });
  }

  #detach(): void {
    const socket = this.#line?.socket;
    socket?.off("connect", this.#joinNow);
    socket?.off("entry", this.#onEntry);
    socket?.off("head", this.#onHead);
    socket?.off("typing", this.#onTyping);
    socket?.off("delta", this.#onDelta);
    this.#line = null;
  }
}
