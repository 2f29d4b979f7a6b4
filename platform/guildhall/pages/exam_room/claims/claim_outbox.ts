// What this browser has to say of itself and the server has not receipted yet. Pure but for the storage it is given.
import type { ClaimKind } from "../../shared/admission";

export type Phase = "once" | "began" | "ended";

export interface Claim {
  readonly key: string;
  readonly kind: ClaimKind;
  readonly phase: Phase;
  readonly client_at_ms: number;
  readonly lasted_ms: number | null;
  readonly detail: string;
}

interface Kept {
  readonly next: number;
  readonly waiting: readonly Claim[];
}

/** As many as the server takes at once: CLAIMS_AT_ONCE there. */
export const AT_ONCE_MAX = 20;
/** Of what waits. Overflow policy: drop the newest, as the first ones say when it began. */
export const WAITING_MAX = 200;
const NOTHING: Kept = { next: 1, waiting: [] };

/** Numbered and kept in this browser, so that a reload or hours without a network lose nothing and double nothing. */
export class ClaimOutbox {
  readonly #name: string;
  readonly #storage: Pick<Storage, "getItem" | "setItem">;
  readonly #page: string;
  #unstored: Kept | null = null;

  constructor(sessionId: string, storage: Pick<Storage, "getItem" | "setItem">, page: string) {
    this.#name = `guildhall.claims.${sessionId}`;
    this.#storage = storage;
    this.#page = page;
  }

  /** False where there is no more room. */
  add(claim: Omit<Claim, "key">): boolean {
    const kept = this.#read();
    if (kept.waiting.length >= WAITING_MAX) return false;
    const key = `${this.#page}-${kept.next}`;
    this.#write({ next: kept.next + 1, waiting: [...kept.waiting, { ...claim, key }] });
    return true;
  }

  /** The oldest that wait, in order. */
  batch(): readonly Claim[] {
    return this.#read().waiting.slice(0, AT_ONCE_MAX);
  }

  /** The server has them on disk, or will never take them. */
  settle(keys: readonly string[]): void {
    const kept = this.#read();
    this.#write({ ...kept, waiting: kept.waiting.filter((claim) => !keys.includes(claim.key)) });
  }

  #read(): Kept {
    if (this.#unstored !== null) return this.#unstored;
    try {
      const text = this.#storage.getItem(this.#name);
      return text === null ? NOTHING : (JSON.parse(text) as Kept);
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
