/** What was not saved yet, kept in this browser until it is: a closed tab or a crash costs nothing. */
export class LocalDraft<T> {
  readonly #key: string;

  constructor(name: string) {
    this.#key = `guildhall/authoring/${name}`;
  }

  read(): { readonly at_ms: number; readonly value: T } | null {
    try {
      const kept = localStorage.getItem(this.#key);
      return kept === null ? null : (JSON.parse(kept) as { at_ms: number; value: T });
    } catch {
      return null;
    }
  }

  keep(value: T): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ at_ms: Date.now(), value }));
    } catch {
      // Full or forbidden: the guard before leaving the page still stands.
    }
  }

  forget(): void {
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // As above.
    }
  }
}
