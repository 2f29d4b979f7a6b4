import type { Entry } from "../shared/messages";

/**
 * What this reader has of the exam's numbered log: nothing twice, nothing out of order, and every gap noticed.
 * Announcements are hints; only an unbroken run of numbers is believed, the rest is asked for with `sync`. Pure.
 */
export class EntryLog {
  #last = 0;
  #head = 0;
  #begun = false;

  /** The number of the newest entry held: what `watch` and `sync` are asked to continue after. */
  get last(): number {
    return this.#last;
  }

  /** True while the server has entries that this reader lacks. */
  get behind(): boolean {
    return this.#begun && this.#head > this.#last;
  }

  /**
   * The first `watch`: its entries are the newest ones, and what is older is not asked for. Announcements may overtake
   * it (the server joins first, then reads), so until now they counted only as news of the head.
   */
  begin(entries: readonly Entry[], head: number): readonly Entry[] {
    this.#last = entries.at(-1)?.number ?? head;
    this.#head = Math.max(this.#head, head, this.#last);
    this.#begun = true;
    return entries;
  }

  /** An announced entry. Returns what is new: itself, or nothing when it is known or comes after a gap. */
  announced(entry: Entry): readonly Entry[] {
    this.#head = Math.max(this.#head, entry.number);
    return this.#take(entry) ? [entry] : [];
  }

  heard(head: number): void {
    this.#head = Math.max(this.#head, head);
  }

  /** The answer to a `sync` or a later `watch`. Returns the entries that are new, in order. */
  filled(entries: readonly Entry[], head: number): readonly Entry[] {
    this.#head = Math.max(this.#head, head);
    return entries.filter((entry) => this.#take(entry));
  }

  /** True when the server's log is shorter than what is held here: another log, to be read from the start. */
  isForeign(head: number): boolean {
    return head < this.#last;
  }

  #take(entry: Entry): boolean {
    if (!this.#begun || entry.number !== this.#last + 1) return false;
    this.#last = entry.number;
    return true;
  }
}
