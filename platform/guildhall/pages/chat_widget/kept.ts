// What the browser keeps between visits: who the visitor is, and which conversation is theirs. Blocked storage throws even
// when it is only looked at; browsers block that of frames from elsewhere first. Then the embedding page's loader keeps it
// in the storage of its own site, together with what was not sent yet; and where that is blocked too, the tab remembers.
import type { Outgoing } from "../shared/chat/outbox";

export interface Kept {
  readonly visitor_token: string;
  readonly init_key: string;
  readonly name: string;
}

const NOTHING: Kept = { visitor_token: "", init_key: "", name: "" };

export class KeptVisitor {
  readonly #key: string;
  readonly #keepElsewhere: (kept: string) => void;
  #known: Kept = NOTHING;
  #outgoing: readonly Outgoing[] = [];
  #isBlocked = false;
  #isRestored = false;

  constructor(site: string, keepElsewhere: (kept: string) => void) {
    this.#key = `guildhall.chat.visitor.${site}`;
    this.#keepElsewhere = keepElsewhere;
    this.read();
  }

  /** What the loader kept, as it was given; it counts only where this frame's own storage is blocked, and only once. */
  restore(kept: string): readonly Outgoing[] {
    if (!this.#isBlocked || this.#isRestored) return [];
    this.#isRestored = true;
    try {
      const { visitor, outgoing } = JSON.parse(kept || "{}") as { visitor?: Partial<Kept>; outgoing?: readonly Outgoing[] };
      this.#known = { ...this.#known, ...visitor };
      return outgoing ?? [];
    } catch {
      return []; // the embedding page put something else there
    }
  }

  /** What is not sent yet, where no database keeps it. */
  keepOutgoing(outgoing: readonly Outgoing[]): void {
    // Bytes do not fit there: a message with files waits in this tab alone.
    this.#outgoing = outgoing.filter((each) => (each.files ?? []).length === 0);
    this.#keep();
  }

  #keep(): void {
    if (this.#isBlocked) this.#keepElsewhere(JSON.stringify({ visitor: this.#known, outgoing: this.#outgoing }));
  }

  read(): Kept {
    try {
      const kept = localStorage.getItem(this.#key);
      if (kept !== null) this.#known = { ...NOTHING, ...(JSON.parse(kept) as Partial<Kept>) };
    } catch {
      this.#isBlocked = true; // as it was known to this tab
    }
    return this.#known;
  }

  change(change: Partial<Kept>): void {
    this.#known = { ...this.read(), ...change };
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#known));
    } catch {
      this.#isBlocked = true;
    }
    this.#keep();
  }
}

/** Of several tabs that open at once, one comes in first and the others as the same visitor. */
export async function oneTabAtATime<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return (await navigator.locks.request(name, act)) as T;
  } catch (error) {
    // Only where locks are blocked as storage is; what `act` itself throws goes on.
    if (error instanceof DOMException) return act();
    throw error;
  }
}
