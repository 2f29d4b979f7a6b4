import type { Answer } from "../line";
import type { Problem } from "../messages";
import { newClientId, type Outgoing, type OutboxKeeping, type OutgoingFile } from "./outbox";
import type { Taken } from "./told";

export type Send = (outgoing: Outgoing) => Promise<Answer<Taken>>;

export interface SenderEvents {
  changed(): void;
  /** Resolves after so many milliseconds; a test has its own. */
  sleep(durationMs: number): Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Whether the same message may be taken later: the network's fault, the server's, a pass that ran out, too many. */
export function mayRetry(problem: Problem): boolean {
  return problem.status === 0 || problem.status >= 500 || [401, 408, 425, 429].includes(problem.status);
}

/**
 * Brings the outbox of one conversation to the server: in the order of writing, one in flight, under the same client id
 * again and again until it has a number. Tabs may do it at once: the server knows the id, and the order stays the same.
 */
export class Sender {
  readonly #keeping: OutboxKeeping;
  readonly #send: Send;
  readonly #events: SenderEvents;
  readonly #conversationId: string;
  waiting: readonly Outgoing[] = [];
  #running = false;
  #stopped = false;
  #nudge: (() => void) | null = null;

  constructor(keeping: OutboxKeeping, conversationId: string, send: Send, events: SenderEvents) {
    this.#keeping = keeping;
    this.#conversationId = conversationId;
    this.#send = send;
    this.#events = events;
  }

  /** Keeps it, then sends it; resolves when it is kept. */
  async write(text: string, files: readonly OutgoingFile[] = []): Promise<Outgoing> {
    const atMs = Math.max(Date.now(), (this.waiting.at(-1)?.at_ms ?? 0) + 1);
    const outgoing = {
      client_id: newClientId(atMs),
      conversation_id: this.#conversationId,
      text,
      files,
      at_ms: atMs,
      refused: null,
    };
    await this.#keeping.put(outgoing);
    await this.look();
    return outgoing;
  }

  /** Sends what is kept: after opening, after another tab has written, or when there is a line again. */
  async look(): Promise<void> {
    await this.#read();
    this.#nudge?.();
    void this.#run();
  }

  /** A message that was refused goes away; its words go back to whoever wrote them. */
  async discard(clientId: string): Promise<void> {
    await this.#keeping.remove(clientId);
    await this.#read();
  }

  stop(): void {
    this.#stopped = true;
    this.#nudge?.();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let waitMs = FIRST_WAIT_MS;
    try {
      while (!this.#stopped) {
        const next = this.waiting.find((each) => each.refused === null);
        if (next === undefined) break;
        const answer = await this.#send(next);
        if ("reply" in answer) {
          waitMs = FIRST_WAIT_MS;
          await this.#keeping.remove(next.client_id);
        } else if (mayRetry(answer.problem)) {
          await this.#rest(Math.max(waitMs * (0.5 + Math.random()), answer.problem.retry_after_ms ?? 0));
          waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
        } else {
          await this.#keeping.put({ ...next, refused: answer.problem.detail });
        }
        await this.#read();
      }
    } finally {
      this.#running = false;
    }
  }

  async #read(): Promise<void> {
    const all = await this.#keeping.all();
    this.waiting = all.filter((each) => each.conversation_id === this.#conversationId);
    this.#events.changed();
  }

  #rest(durationMs: number): Promise<void> {
    const nudged = new Promise<void>((resolve) => {
      this.#nudge = resolve;
    });
    return Promise.race([this.#events.sleep(durationMs), nudged]).finally(() => {
      this.#nudge = null;
    });
  }
}
