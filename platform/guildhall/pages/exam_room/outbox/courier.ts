import type { AnswerGiven, AnswersTaken } from "../../shared/exam";
import type { Answer } from "../../shared/line";
import type { Problem } from "../../shared/messages";
import type { Keeping } from "./keeping";
import {
  applyChange,
  AT_ONCE_MAX,
  planAbsorb,
  planSettle,
  planTake,
  planWrite,
  remedyFor,
  type Change,
  type Kept,
  type Settled,
} from "./outbox";

export type Send = (answers: readonly AnswerGiven[]) => Promise<Answer<AnswersTaken>>;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

export interface CourierEvents {
  /** What is kept is another now. */
  changed(): void;
  /** The server said what became of answers. */
  settled(outcomes: readonly Settled[]): void;
  /** Resolves after that many milliseconds; a test has its own. */
  sleep(durationMs: number): Promise<void>;
}

/**
 * Brings what the outbox keeps to the server: one batch in flight, in the order of writing, again and again until it is
 * receipted. An answer leaves the outbox with its receipt and with nothing else.
 */
export class Courier {
  readonly #keeping: Keeping;
  readonly #send: Send;
  readonly #events: CourierEvents;
  /** As of the last change that this page made or read. */
  kept: readonly Kept[] = [];
  /** Why nothing is sent until `wake`; null while all is well. */
  halted: Problem | null = null;
  /** Whether the last batch came back; what the page says about being offline. */
  reached = true;
  #running = false;
  #stopped = false;
  #atOnce = AT_ONCE_MAX;
  #nudge: (() => void) | null = null;
  #drained: (() => void)[] = [];

  constructor(keeping: Keeping, send: Send, events: CourierEvents) {
    this.#keeping = keeping;
    this.#send = send;
    this.#events = events;
  }

  /** What still has to get to the server; refused answers are not among it. */
  get waiting(): number {
    return this.kept.filter((each) => each.stage !== "refused").length;
  }

  /** Keeps an answer, then sends it. One with a problem is kept only, so that it is there after a reload. */
  async write(answer: AnswerGiven, problem: Problem | null = null): Promise<void> {
    await this.#change((kept) => planWrite(kept, answer, problem));
    void this.#run();
  }

  /** Takes in what another closing page put down. */
  async absorb(answers: readonly AnswerGiven[]): Promise<void> {
    for (const answer of answers) await this.#change((kept) => planAbsorb(kept, answer));
  }

  /** The outbox was changed by another tab, or this page has just opened. */
  async look(): Promise<void> {
    await this.#change(() => ({ put: [], remove: [], result: undefined }));
    void this.#run();
  }

  /** There is a line (again): nothing is waited for any more. */
  wake(): void {
    this.halted = null;
    this.#stopped = false;
    this.#nudge?.();
    void this.#run();
  }

  /** Another page sends from now on. */
  stop(): void {
    this.#stopped = true;
    this.#nudge?.();
  }

  /** When nothing waits any more. */
  drained(): Promise<void> {
    if (this.waiting === 0) return Promise.resolve();
    this.wake();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let waitMs = FIRST_WAIT_MS;
    try {
      while (!this.#stopped && this.halted === null) {
        const batch = await this.#change((kept) => planTake(kept, this.#atOnce));
        if (batch.length === 0) break;
        const answer = await this.#send(batch.map(asGiven));
        if ("reply" in answer) {
          waitMs = FIRST_WAIT_MS;
          this.#atOnce = AT_ONCE_MAX;
          this.reached = true;
          this.#events.settled(await this.#change((kept) => planSettle(kept, batch, answer.reply.outcomes)));
          continue;
        }
        const { problem } = answer;
        this.reached = problem.status !== 0;
        const remedy = remedyFor(problem);
        if (remedy === "split" && batch.length > 1) this.#atOnce = 1;
        else if (remedy === "split") await this.#refuse(batch, problem);
        else if (remedy === "halt") this.halted = problem;
        else {
          this.#events.changed();
          await this.#rest(Math.max(waitMs, problem.retry_after_ms ?? 0));
          waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
        }
      }
    } finally {
      this.#running = false;
      this.#events.changed();
    }
  }

  async #refuse(batch: readonly Kept[], problem: Problem): Promise<void> {
    const outcomes = batch.map(({ key }) => ({ key, problem }));
    this.#atOnce = AT_ONCE_MAX;
    this.#events.settled(await this.#change((kept) => planSettle(kept, batch, outcomes)));
  }

  #rest(durationMs: number): Promise<void> {
    const nudged = new Promise<void>((resolve) => {
      this.#nudge = resolve;
    });
    return Promise.race([this.#events.sleep(durationMs), nudged]).finally(() => {
      this.#nudge = null;
    });
  }

  async #change<T>(plan: (kept: readonly Kept[]) => Change<T>): Promise<T> {
    const result = await this.#keeping.change((kept) => {
      const change = plan(kept);
      this.kept = applyChange(kept, change);
      return change;
    });
    if (this.waiting === 0) for (const tell of this.#drained.splice(0)) tell();
    this.#events.changed();
    return result;
  }
}

/** What goes to the server of what is kept. */
export function asGiven(kept: Kept): AnswerGiven {
  const { key, slot_id, response, flagged, based_on, follows, client_at_ms, spent_ms } = kept;
  return { key, slot_id, response, flagged, based_on, follows, client_at_ms, spent_ms };
}
