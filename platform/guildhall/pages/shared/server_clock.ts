/** Tells the server's time from this machine's clock, which may be minutes off. Pure: the caller passes local times. */
export class ServerClock {
  #offsetMs = 0;
  #uncertaintyMs = Number.POSITIVE_INFINITY;

  /**
   * Learns from one exchange. The server's reading fell somewhere between `askedAtMs` and `answeredAtMs`, so the middle
   * is wrong by half the round trip at most (Cristian's algorithm); a slower exchange never replaces a quicker one.
   */
  learn(serverTimeMs: number, askedAtMs: number, answeredAtMs: number): void {
    const uncertaintyMs = Math.max(0, answeredAtMs - askedAtMs) / 2;
    if (uncertaintyMs > this.#uncertaintyMs) return;
    this.#uncertaintyMs = uncertaintyMs;
    this.#offsetMs = serverTimeMs - (askedAtMs + uncertaintyMs);
  }

  /** Forgets how sure it was, so that the next exchange counts: the local clock may have been corrected meanwhile. */
  distrust(): void {
    this.#uncertaintyMs = Number.POSITIVE_INFINITY;
  }

  at(localMs: number): number {
    return Math.round(localMs + this.#offsetMs);
  }

  now(): number {
    return this.at(Date.now());
  }
}
