import type { ClockTold } from "../../shared/exam";
import type { Line } from "../../shared/line";
import type { ServerClock } from "../../shared/server_clock";

const EXCHANGES = 4;
const AGAIN_MS = 60_000;

/**
 * Keeps a `ServerClock` right over a line: a few exchanges after each connection and every minute, of which the quickest
 * counts. Each round starts without trust in the last one, because somebody may have set this device's clock meanwhile.
 */
export class ClockSync {
  readonly #line: Line;
  readonly #clock: ServerClock;
  readonly #timer: number;
  #measuring = false;

  constructor(line: Line, clock: ServerClock) {
    this.#line = line;
    this.#clock = clock;
    this.#timer = window.setInterval(() => void this.measure(), AGAIN_MS);
  }

  async measure(): Promise<void> {
    if (this.#measuring || this.#line.state !== "connected") return;
    this.#measuring = true;
    for (let exchange = 0; exchange < EXCHANGES; exchange += 1) {
      const askedAtMs = Date.now();
      const told = await this.#line.ask<ClockTold>("time", { sent_at_ms: askedAtMs }, { timeoutMs: 4000 });
      if ("problem" in told) break;
      if (exchange === 0) this.#clock.distrust();
      this.#clock.learn(told.reply.server_time_ms, askedAtMs, Date.now());
    }
    this.#measuring = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
