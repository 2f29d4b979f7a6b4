import type { Line } from "../../shared/line";
import type { ClaimOutbox, Claim } from "./claim_outbox";

const RETRY_MS = 3000;

/** Brings what waits to the server: one batch in flight, in order, again and again until it is receipted. */
export class ClaimCourier {
  readonly #line: Line;
  readonly #outbox: ClaimOutbox;
  /** When claims of this page were made, by the clock that nobody can set. */
  readonly #madeAt = new Map<number, number>();
  #running = false;
  #isClosed = false;
  #timer: number | undefined;

  constructor(line: Line, outbox: ClaimOutbox) {
    this.#line = line;
    this.#outbox = outbox;
  }

  add(claim: Omit<Claim, "key">): void {
    this.#madeAt.set(claim.client_at_ms, performance.now() - Math.max(0, Date.now() - claim.client_at_ms));
    this.#outbox.add(claim);
    this.wake();
  }

  /** There is a line: say what waits. With nothing to say it tells the time of this device's clock. */
  wake(isHello = false): void {
    clearTimeout(this.#timer);
    if (!this.#running && !this.#isClosed) void this.#run(isHello);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #run(isHello: boolean): Promise<void> {
    this.#running = true;
    try {
      for (let hello = isHello; !this.#isClosed && this.#line.state === "connected"; hello = false) {
        const batch = this.#outbox.batch();
        if (batch.length === 0 && !hello) return;
        const claims = batch.map((claim) => ({ ...claim, age_ms: this.#ageOf(claim) }));
        const answer = await this.#line.ask("claims", { client_now_ms: Date.now(), claims });
        if ("problem" in answer) {
          const { status } = answer.problem;
          if (status === 0 || status === 429 || status >= 500) {
            this.#timer = window.setTimeout(() => this.wake(), Math.max(RETRY_MS, answer.problem.retry_after_ms ?? 0));
            return;
          }
          // It will never be taken: the session is over, or enough was said.
        }
        this.#outbox.settle(batch.map((claim) => claim.key));
      }
    } finally {
      this.#running = false;
    }
  }

  /** Of an earlier page only the time of day is known. */
  #ageOf(claim: Claim): number {
    const made = this.#madeAt.get(claim.client_at_ms);
    return Math.max(0, Math.round(made === undefined ? Date.now() - claim.client_at_ms : performance.now() - made));
  }
}
