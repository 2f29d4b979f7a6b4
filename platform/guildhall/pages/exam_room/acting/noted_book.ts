// What this person has taken note of, and what of it the server has yet to hear. Pure but for the storage it is given.

type Store = Pick<Storage, "getItem" | "setItem">;

interface Kept {
  readonly acknowledged: readonly string[];
  readonly unsent: readonly string[];
  readonly read: readonly string[];
}

/** As many as the server remembers of what is settled: SETTLED_KEYS_MAX there. Overflow policy: forget the oldest. */
export const KEPT_MAX = 200;
const NOTHING: Kept = { acknowledged: [], unsent: [], read: [] };

/** Kept in this browser under the session, so that nothing is shown or asked a second time after a reload. */
export class NotedBook {
  readonly #name: string;
  readonly #storage: Store;
  #unstored: Kept | null = null;

  constructor(sessionId: string, storage: Store) {
    this.#name = `guildhall.noted.${sessionId}`;
    this.#storage = storage;
  }

  isAcknowledged(actionId: string): boolean {
    return this.#read().acknowledged.includes(actionId);
  }

  /** The person has read it. False where they had already. */
  acknowledge(actionId: string): boolean {
    const kept = this.#read();
    if (kept.acknowledged.includes(actionId)) return false;
    this.#write({ ...kept, acknowledged: [...kept.acknowledged, actionId].slice(-KEPT_MAX), unsent: [...kept.unsent, actionId].slice(-KEPT_MAX) });
    return true;
  }

  /** The server asks still, so it has not heard: to be said again. */
  unhear(actionId: string): void {
    const kept = this.#read();
    if (!kept.acknowledged.includes(actionId) || kept.unsent.includes(actionId)) return;
    this.#write({ ...kept, unsent: [...kept.unsent, actionId] });
  }

  /** The oldest that the server has yet to hear. */
  get unsent(): readonly string[] {
    return this.#read().unsent;
  }

  settle(actionId: string): void {
    const kept = this.#read();
    this.#write({ ...kept, unsent: kept.unsent.filter((each) => each !== actionId) });
  }

  isRead(key: string): boolean {
    return this.#read().read.includes(key);
  }

  /** These lines of the conversation are on the screen; those that are no longer in it are forgotten. */
  markRead(keys: readonly string[]): void {
    this.#write({ ...this.#read(), read: keys.slice(-KEPT_MAX) });
  }

  #read(): Kept {
    if (this.#unstored !== null) return this.#unstored;
    try {
      const text = this.#storage.getItem(this.#name);
      return text === null ? NOTHING : { ...NOTHING, ...(JSON.parse(text) as Partial<Kept>) };
    } catch {
      return NOTHING;
    }
  }

  #write(kept: Kept): void {
    try {
      this.#storage.setItem(this.#name, JSON.stringify(kept));
    } catch {
      // Full or switched off: kept for as long as this tab lives.
      this.#unstored = kept;
    }
  }
}
