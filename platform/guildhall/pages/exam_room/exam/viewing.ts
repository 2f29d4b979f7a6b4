/**
 * How long each question stood on the screen, to be said with its next answer. A page that nobody can see and a clock
 * that stands do not count. Pure: the caller passes times that only ever grow.
 */
export class Viewing {
  readonly #spentMs = new Map<string, number>();
  #slotId: string | null = null;
  #sinceMs = 0;

  /** What is on the screen from now on; null: nothing that counts. */
  look(slotId: string | null, nowMs: number): void {
    if (this.#slotId !== null) this.#spentMs.set(this.#slotId, this.#ofNow(this.#slotId, nowMs));
    this.#slotId = slotId;
    this.#sinceMs = nowMs;
  }

  /** Milliseconds since this was last asked of the question. */
  take(slotId: string, nowMs: number): number {
    const spentMs = this.#ofNow(slotId, nowMs);
    this.#spentMs.delete(slotId);
    if (this.#slotId === slotId) this.#sinceMs = nowMs;
    return Math.round(spentMs);
  }

  #ofNow(slotId: string, nowMs: number): number {
    return (this.#spentMs.get(slotId) ?? 0) + (this.#slotId === slotId ? nowMs - this.#sinceMs : 0);
  }
}
