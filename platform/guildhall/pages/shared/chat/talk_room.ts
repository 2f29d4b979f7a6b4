import type { Api } from "../api";
import type { Answer } from "../line";
import type { Problem } from "../messages";
import { ChatDoor } from "./door";
import { BestOutbox, MemoryOutbox, type OutboxKeeping } from "./outbox";
import { mayRetry } from "./sender";
import { Talk } from "./talk";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** A conversation between people who are known, as a page of one of them holds it. */
export class TalkRoom {
  talk: Talk | null = null;
  problem: Problem | null = null;
  readonly door: ChatDoor;
  readonly #api: Api;
  readonly #path: string;
  readonly #changed: () => void;
  #isClosed = false;

  /** A POST to `path` names the conversation, and begins it where there is none. */
  constructor(api: Api, path: string, changed: () => void) {
    this.#api = api;
    this.#path = path;
    this.#changed = changed;
    this.door = new ChatDoor(api, "/v1/chat/doors", changed, (line) => this.talk?.use(line));
    for (const event of ["online", "pageshow", "focus"]) addEventListener(event, this.#lookAgain);
    document.addEventListener("visibilitychange", this.#lookAgain);
  }

  /** Opens it; again and again until it is open or refused. */
  async open(): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !this.#isClosed; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      this.problem = await this.#open();
      if (this.problem === null || !mayRetry(this.problem)) break;
      this.#changed();
      await new Promise((resolve) => setTimeout(resolve, Math.max(waitMs, this.problem?.retry_after_ms ?? 0)));
    }
    this.#changed();
  }

  close(): void {
    this.#isClosed = true;
    for (const event of ["online", "pageshow", "focus"]) removeEventListener(event, this.#lookAgain);
    document.removeEventListener("visibilitychange", this.#lookAgain);
    this.talk?.close();
    this.door.close();
  }

  async #open(): Promise<Problem | null> {
    const named: Answer<{ conversation_id: string }> = await this.#api.ask("POST", this.#path, {});
    if ("problem" in named) return named.problem;
    const entered = await this.door.enter();
    if (entered !== null || this.#isClosed) return entered;
    // By account: what somebody wrote here is never sent by the next who signs in.
    const outbox: OutboxKeeping =
      typeof indexedDB === "undefined" ? new MemoryOutbox() : new BestOutbox(`guildhall-talks-${this.door.you}`);
    this.talk = new Talk(named.reply.conversation_id, this.door.ask, outbox, this.#changed, () => undefined);
    await this.talk.read();
    void this.talk.sender.look();
    return this.door.open();
  }

  readonly #lookAgain = (): void => {
    if (document.hidden) return;
    void this.talk?.read();
    void this.talk?.sender.look();
    this.#changed();
  };
}
