import type { ActionNoted, ActionTold } from "../../shared/acting_told";
import type { Answer } from "../../shared/line";
import type { NotedBook } from "./noted_book";

export const RETRY_MS = 3000;
/** Answers after which saying it again would change nothing. Others, as "not seated here yet", pass. */
const FINAL: readonly number[] = [400, 404, 422];

export interface NotingLine {
  readonly state: string;
  ask(event: "action_noted", body: ActionNoted): Promise<Answer<unknown>>;
}

/** Says what the page has and what the person has read: each once, one at a time, again only until it is answered. */
export class Noting {
  readonly #line: NotingLine;
  readonly #book: NotedBook;
  readonly #delivered = new Set<string>();
  #waiting: readonly string[] = [];
  #isRunning = false;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(line: NotingLine, book: NotedBook) {
    this.#line = line;
    this.#book = book;
  }

  /** An action has come, for the first time or again. */
  hear(told: ActionTold): void {
    if (this.#book.isAcknowledged(told.action_id)) this.#book.unhear(told.action_id);
    else if (!told.is_delivered && !this.#delivered.has(told.action_id)) {
      this.#delivered.add(told.action_id);
      this.#waiting = [...this.#waiting, told.action_id];
    }
    this.wake();
  }

  acknowledge(actionId: string): void {
    this.#waiting = this.#waiting.filter((each) => each !== actionId);
    if (this.#book.acknowledge(actionId)) this.wake();
  }

  get isIdle(): boolean {
    return this.#next() === null;
  }

  /** There may be a line now. */
  wake(): void {
    clearTimeout(this.#timer);
    if (!this.#isRunning && !this.#isClosed) void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #next(): ActionNoted | null {
    const delivered = this.#waiting[0];
    if (delivered !== undefined) return { action_id: delivered, state: "delivered" };
    const acknowledged = this.#book.unsent[0];
    return acknowledged === undefined ? null : { action_id: acknowledged, state: "acknowledged" };
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let note = this.#next(); note !== null && !this.#isClosed && this.#line.state === "connected"; note = this.#next()) {
        const answer = await this.#line.ask("action_noted", note);
        if ("problem" in answer && !FINAL.includes(answer.problem.status)) {
          this.#timer = setTimeout(() => this.wake(), Math.max(RETRY_MS, answer.problem.retry_after_ms ?? 0));
          return;
        }
        const { action_id } = note;
        if (note.state === "delivered") this.#waiting = this.#waiting.filter((each) => each !== action_id);
        else this.#book.settle(action_id);
      }
    } finally {
      this.#isRunning = false;
    }
  }
}
