import type { Api } from "../shared/api";
import { ChatDoor } from "../shared/chat/door";
import { BestOutbox, MemoryOutbox, type OutboxKeeping } from "../shared/chat/outbox";
import { Talk } from "../shared/chat/talk";
import type { Line } from "../shared/line";
import { saveBlob } from "../shared/save_file";
import type { Problem } from "../shared/messages";
import type { Agent, CannedReply, DeskConversation, PresenceState, ViewingTold } from "./told";

export const TABS = ["queued", "mine", "unattended", "snoozed", "resolved"] as const;
export type Tab = (typeof TABS)[number];

const REPLIES = "/v1/desk/canned-replies";
/** Hints say when to look; this is for one that was lost. */
const LOOK_EVERY_MS = 30_000;
/** Looks are so far apart at least: each asks for every list. */
const LOOKS_APART_MS = 1000;
const VIEWING_EVERY_MS = 10_000;
/** Somebody who looks and was not heard of for so long has gone. */
const VIEWING_LASTS_MS = 25_000;

/**
 * The desk as this page knows it. The lists are asked for when the server says that they have changed; what you hold and what you look at follows
 * its log live. One line carries all of it.
 */
export class DeskRoom {
  readonly api: Api;
  lists: Partial<Record<Tab, readonly DeskConversation[]>> = {};
  found: readonly DeskConversation[] = [];
  agents: readonly Agent[] = [];
  replies: readonly CannedReply[] = [];
  mayShareReplies = false;
  problem: Problem | null = null;
  shown: DeskConversation | null = null;
  readonly talks = new Map<string, Talk>();
  readonly #viewing = new Map<string, { readonly name: string; readonly at: number }>();
  readonly #door: ChatDoor;
  readonly #changed: () => void;
  #outbox: OutboxKeeping = new MemoryOutbox();
  #timers: ReturnType<typeof setInterval>[] = [];
  #isLooking = false;
  #lookedAtMs = 0;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, changed: () => void) {
    this.api = api;
    this.#changed = changed;
    this.#door = new ChatDoor(api, "/v1/desk/doors", changed, this.#listen);
  }

  get you(): string {
    return this.#door.you;
  }

  get line(): Line | null {
    return this.#door.line;
  }

  get me(): Agent | null {
    return this.agents.find((each) => each.id === this.you) ?? null;
  }

  get talk(): Talk | null {
    return this.shown === null ? null : (this.talks.get(this.shown.id) ?? null);
  }

  /** Other agents who look at what is shown. */
  get viewers(): readonly string[] {
    const since = Date.now() - VIEWING_LASTS_MS;
    return [...this.#viewing.values()].filter((each) => each.at > since).map((each) => each.name || "Another agent");
  }

  async open(): Promise<void> {
    const problem = await this.#door.open();
    this.problem = problem;
    this.#changed();
    if (problem !== null) return;
    // By account: what somebody wrote here is never sent by the next who signs in.
    if (typeof indexedDB !== "undefined") this.#outbox = new BestOutbox(`guildhall-desk-${this.you}`);
    await this.look();
    this.#timers = [
      setInterval(() => document.hidden || void this.look(), LOOK_EVERY_MS),
      setInterval(() => this.#sayViewing(), VIEWING_EVERY_MS),
    ];
    document.addEventListener("visibilitychange", () => document.hidden || void this.look());
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#soon);
    for (const talk of this.talks.values()) talk.close();
    this.#door.close();
  }

  /** Reads the lists anew. */
  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#lookedAtMs = Date.now();
    try {
      const asked = await Promise.all(TABS.map((tab) => this.#list(tab)));
      const agents = await this.api.ask<{ agents: readonly Agent[] }>("GET", "/v1/desk/agents");
      if ("reply" in agents) this.agents = agents.reply.agents;
      this.problem = asked.find((each) => each !== null) ?? null;
      if (this.shown !== null) await this.#lookAtShown(this.shown.id);
      this.#follow();
    } finally {
      this.#isLooking = false;
      this.#changed();
    }
  }

  async be(state: PresenceState): Promise<Problem | null> {
    const answer = await this.api.ask<Agent>("PUT", "/v1/desk/presence", { state });
    await this.look();
    return "problem" in answer ? answer.problem : null;
  }

  async show(conversation: DeskConversation | null): Promise<void> {
    this.shown = conversation;
    this.#viewing.clear();
    this.#follow();
    this.#sayViewing();
    this.#changed();
  }

  /** One turn of the conversation that is shown; what became of it is read at once. */
  async turn(path: string, body?: object): Promise<Problem | null> {
    if (this.shown === null) return null;
    const { id } = this.shown;
    const answer = await this.api.ask<DeskConversation>("POST", `/v1/desk/conversations/${id}/${path}`, body);
    if ("reply" in answer && this.shown?.id === id) this.shown = answer.reply;
    await this.talks.get(id)?.read();
    await this.look();
    return "problem" in answer ? answer.problem : null;
  }

  async tag(tags: readonly string[]): Promise<Problem | null> {
    if (this.shown === null) return null;
    const path = `/v1/desk/conversations/${this.shown.id}/tags`;
    const answer = await this.api.ask<DeskConversation>("PUT", path, { tags });
    if ("problem" in answer) return answer.problem;
    this.shown = answer.reply;
    this.#changed();
    return null;
  }

  async search(query: URLSearchParams): Promise<Problem | null> {
    const answer = await this.api.ask<{ conversations: readonly DeskConversation[] }>("GET", `/v1/desk/searches?${query}`);
    if ("problem" in answer) return answer.problem;
    this.found = answer.reply.conversations;
    this.#changed();
    return null;
  }

  async saveTranscript(): Promise<void> {
    if (this.shown === null) return;
    const { id } = this.shown;
    const answer = await this.api.askBlob(`/v1/desk/conversations/${id}/transcript`);
    if ("reply" in answer) saveBlob(`${id}.txt`, answer.reply);
  }

  async readReplies(): Promise<Problem | null> {
    const answer = await this.api.ask<{ replies: readonly CannedReply[]; may_share: boolean }>("GET", REPLIES);
    if ("problem" in answer) return answer.problem;
    this.replies = answer.reply.replies;
    this.mayShareReplies = answer.reply.may_share;
    this.#changed();
    return null;
  }

  async keepReply(shortcut: string, text: string, isShared: boolean): Promise<Problem | null> {
    const answer = await this.api.ask("POST", REPLIES, { shortcut, text, is_shared: isShared });
    return "problem" in answer ? answer.problem : this.readReplies();
  }

  async forgetReply(id: string): Promise<Problem | null> {
    const answer = await this.api.ask("DELETE", `${REPLIES}/${id}`);
    return "problem" in answer ? answer.problem : this.readReplies();
  }

  async #list(tab: Tab): Promise<Problem | null> {
    const query = tab === "mine" ? "mine=true" : `state=${tab}`;
    const answer = await this.api.ask<{ conversations: readonly DeskConversation[] }>(
      "GET",
      `/v1/desk/conversations?${query}`,
    );
    if ("problem" in answer) return answer.problem;
    const { conversations } = answer.reply;
    this.lists[tab] = tab === "mine" ? conversations.toSorted((a, b) => b.last_at_ms - a.last_at_ms) : conversations;
    return null;
  }

  async #lookAtShown(id: string): Promise<void> {
    const answer = await this.api.ask<DeskConversation>("GET", `/v1/desk/conversations/${id}`);
    if ("reply" in answer && this.shown?.id === id) this.shown = answer.reply;
  }

  /** A live log of everything that is yours or shown, and of nothing else. */
  #follow(): void {
    const wanted = new Set((this.lists.mine ?? []).map((each) => each.id));
    if (this.shown !== null) wanted.add(this.shown.id);
    for (const [id, talk] of this.talks) {
      // What is still on its way is sent before the conversation is let go of.
      if (wanted.has(id) || talk.sender.waiting.some((each) => each.refused === null)) continue;
      talk.close();
      this.talks.delete(id);
    }
    for (const id of wanted) {
      if (this.talks.has(id)) continue;
      const talk = new Talk(id, this.#door.ask, this.#outbox, this.#changed, () => undefined);
      this.talks.set(id, talk);
      if (this.line !== null) talk.use(this.line);
      if (!this.line?.socket.connected) void talk.read();
    }
  }

  readonly #listen = (line: Line): void => {
    line.socket.on("viewing", (told: ViewingTold) => {
      if (told.conversation_id !== this.shown?.id || told.by === this.you) return;
      this.#viewing.set(told.by, { name: told.name, at: Date.now() });
      this.#changed();
    });
    line.socket.on("desk_changed", () => this.#lookSoon());
    line.socket.on("connect", () => {
      this.#sayViewing();
      this.#lookSoon(); // what changed while there was no line was told to nobody here
    });
    for (const talk of this.talks.values()) talk.use(line);
  };

  /** Many hints are one look, and one that comes during a look is another look after it. */
  #lookSoon(): void {
    if (document.hidden) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (this.#isLooking) this.#lookSoon();
      else void this.look();
    }, Math.max(50, this.#lookedAtMs + LOOKS_APART_MS - Date.now()));
  }

  #sayViewing(): void {
    if (this.shown === null || document.hidden || !this.line?.socket.connected) return;
    void this.line.ask("view", { conversation_id: this.shown.id }, { volatile: true });
  }
}
