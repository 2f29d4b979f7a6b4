import { Line, type Answer } from "../shared/line";
import type { Problem } from "../shared/messages";
import { askBearing, type Method } from "../shared/chat/http";
import { BestOutbox, newClientId, type OutgoingFile } from "../shared/chat/outbox";
import { mayRetry } from "../shared/chat/sender";
import { Talk } from "../shared/chat/talk";
import type { Admitted, ConversationState, EntriesPage, Entry } from "../shared/chat/told";
import { KeptVisitor, oneTabAtATime } from "./kept";

export interface PageContext {
  readonly url: string;
  readonly title: string;
  readonly locale: string;
}

interface Opened {
  readonly conversation_id: string;
  readonly page: EntriesPage;
}

interface Listed {
  readonly id: string;
  readonly state: ConversationState;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const RENEW_BEFORE_MS = 60_000;

/** A visitor's way in: admitted, with a conversation, over a line that is opened again when the pass has run out. */
export class Session {
  readonly outbox: BestOutbox;
  readonly kept: KeptVisitor;
  talk: Talk | null = null;
  line: Line | null = null;
  problem: Problem | null = null;
  /** Told by the embedding page. */
  context: PageContext = { url: "", title: "", locale: "" };
  identity = "";
  readonly #site: string;
  readonly #changed: () => void;
  readonly #arrived: (entry: Entry) => void;
  readonly #channel: BroadcastChannel | null;
  #admitted: Admitted | null = null;
  #renewing: Promise<Problem | null> | null = null;
  #beginning = false;
  #renewal: ReturnType<typeof setTimeout> | undefined;

  constructor(
    site: string,
    changed: () => void,
    arrived: (entry: Entry) => void,
    keepElsewhere: (kept: string) => void,
  ) {
    this.#site = site;
    this.#changed = changed;
    this.#arrived = arrived;
    this.kept = new KeptVisitor(site, keepElsewhere);
    this.outbox = new BestOutbox(`guildhall-chat-${site}`, (outgoing) => this.kept.keepOutgoing(outgoing));
    this.#channel = openChannel(`guildhall-chat-${site}`);
    this.#channel?.addEventListener("message", () => void this.talk?.sender.look());
    const lookAgain = (): void => {
      if (document.hidden) return;
      void this.talk?.read();
      void this.talk?.sender.look();
    };
    for (const event of ["online", "pageshow", "focus"]) addEventListener(event, lookAgain);
    document.addEventListener("visibilitychange", lookAgain);
  }

  /** Whether there was a conversation before, which is then gone on with. */
  get isKnown(): boolean {
    return this.identity !== "" || this.kept.read().init_key !== "";
  }

  /** What the embedding page's loader kept, where this frame may keep nothing itself. */
  async restore(kept: string): Promise<void> {
    for (const outgoing of this.kept.restore(kept)) await this.outbox.put(outgoing);
  }

  /** Comes in, and opens the conversation; again and again until it is open or refused. */
  async begin(): Promise<void> {
    if (this.talk !== null || this.#beginning) return;
    this.#beginning = true;
    this.problem = null;
    this.#changed();
    try {
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
        const problem = await oneTabAtATime(`guildhall-chat-${this.#site}`, () => this.#open());
        this.problem = problem;
        if (problem === null || !mayRetry(problem)) return;
        this.#changed();
        await new Promise((resolve) => setTimeout(resolve, Math.max(waitMs, problem.retry_after_ms ?? 0)));
      }
    } finally {
      this.#beginning = false;
      this.#changed();
    }
  }

  /** The next conversation, after one that is over. */
  async beginAnew(): Promise<void> {
    this.#end();
    this.kept.change({ init_key: newClientId() });
    await this.begin();
  }

  /** Who the visitor is has changed: what follows is said as them. */
  async identify(identity: string): Promise<void> {
    if (identity === this.identity) return;
    this.identity = identity;
    if (this.talk === null) return;
    this.#end();
    this.#admitted = null;
    await this.begin();
  }

  async write(text: string, files: readonly OutgoingFile[] = []): Promise<void> {
    await this.talk?.sender.write(text, files);
    this.#channel?.postMessage("written");
  }

  #end(): void {
    this.talk?.close();
    this.line?.close();
    this.talk = this.line = null;
  }

  async #open(): Promise<Problem | null> {
    if (this.#admitted === null) {
      const problem = await this.#admit();
      if (problem !== null) return problem;
    }
    const opened = await this.#openOne();
    if ("problem" in opened) return opened.problem;
    const { conversation_id, page } = opened.reply;
    const talk = new Talk(conversation_id, (method, path, body) => this.#ask(method, path, body), this.outbox, this.#changed, this.#arrived);
    this.talk = talk;
    talk.takePage(page);
    this.#connect();
    void talk.sender.look();
    return null;
  }

  async #openOne(): Promise<Answer<Opened>> {
    if (this.identity !== "") {
      // On another device, or what was said before the sign-in: the newest of this person's that is not over.
      const mine = await this.#ask<{ conversations: readonly Listed[] }>("GET", "/v1/chat/conversations");
      if ("problem" in mine) return mine;
      const newest = mine.reply.conversations.find((each) => each.state !== "closed");
      if (newest !== undefined) {
        const page = await this.#ask<EntriesPage>("GET", `/v1/chat/conversations/${newest.id}/entries`);
        return "problem" in page ? page : { reply: { conversation_id: newest.id, page: page.reply } };
      }
    }
    if (this.kept.read().init_key === "") this.kept.change({ init_key: newClientId() });
    const { init_key, name } = this.kept.read();
    return this.#ask<Opened>("POST", "/v1/chat/conversations", { init_key, name, context: this.context });
  }

  async #admit(): Promise<Problem | null> {
    const { visitor_token } = this.kept.read();
    const body = { site: this.#site, visitor_token, identity: this.identity };
    let answer = await askBearing<Admitted>("POST", "/v1/chat/visitors", "", body);
    if ("problem" in answer && visitor_token !== "" && [401, 404].includes(answer.problem.status) && this.identity === "") {
      // Known too long ago, or by a server whose secret is another now: as somebody new, then.
      this.kept.change({ visitor_token: "", init_key: "" });
      answer = await askBearing<Admitted>("POST", "/v1/chat/visitors", "", { site: this.#site });
    }
    if ("problem" in answer) return answer.problem;
    this.#admitted = answer.reply;
    this.kept.change({ visitor_token: answer.reply.visitor_token });
    clearTimeout(this.#renewal);
    // The server's clock decides when it ends; this one only says how long that is, and may be off by a lot.
    const lastsMs = Math.min(Math.max(answer.reply.expires_at_ms - Date.now(), RENEW_BEFORE_MS * 2), 2 ** 31 - 1);
    this.#renewal = setTimeout(() => void this.#renew(), lastsMs - RENEW_BEFORE_MS);
    return null;
  }

  /** A fresh pass, for the line as well; those who ask meanwhile share one. */
  #renew(): Promise<Problem | null> {
    this.#renewing ??= this.#admit().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing.then((problem) => {
      const token = this.#admitted?.chat_token ?? "";
      if (problem === null) void this.line?.renew(token);
      return problem;
    });
  }

  async #ask<T>(method: Method, path: string, body?: object | Blob): Promise<Answer<T>> {
    const answer = await askBearing<T>(method, path, this.#admitted?.chat_token ?? "", body);
    if ("reply" in answer || answer.problem.status !== 401) return answer;
    const problem = await this.#renew();
    return problem === null ? askBearing<T>(method, path, this.#admitted?.chat_token ?? "", body) : { problem };
  }

  #connect(): void {
    const line = new Line("/chat", this.#admitted?.chat_token ?? "", () => {
      if (line !== this.line) return;
      if (line.state === "refused") void this.#comeBack(line);
      this.#changed();
    });
    this.line = line;
    line.socket.on("token_expiring", () => void this.#renew());
    this.talk?.use(line);
  }

  /** The pass ran out while the line was down: a fresh one, and the line anew. */
  async #comeBack(line: Line): Promise<void> {
    line.close();
    const problem = await this.#renew();
    if (line !== this.line) return;
    if (problem === null) this.#connect();
    else if (mayRetry(problem)) setTimeout(() => line === this.line && void this.#comeBack(line), FIRST_WAIT_MS * 5);
    else this.problem = problem;
    this.#changed();
  }
}

function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null; // blocked as storage is: other tabs see new messages by their number alone
  }
}
