/** The hashed address of the bundled ticker_worker.ts; written in by build.mjs. */
declare const TICKER_URL: string;

/** One alarm that rings on time in a hidden tab too. Setting it again moves it. */
export class Ticker {
  readonly #worker: Worker;

  constructor(ring: () => void) {
    this.#worker = new Worker(TICKER_URL, { type: "module" });
    this.#worker.onmessage = ring;
  }

  after(delayMs: number): void {
    this.#worker.postMessage(delayMs);
  }

  close(): void {
    this.#worker.terminate();
  }
}
