// What was written and is not yet known to be on the server's disk: kept in IndexedDB, so that it survives a reload and
// is shared by the tabs of this browser; where the browser keeps nothing, in memory.

export interface OutgoingFile {
  readonly name: string;
  readonly blob: Blob;
}

export interface Outgoing {
  readonly client_id: string;
  readonly conversation_id: string;
  readonly text: string;
  /** Stored by the server before the message is said. */
  readonly files?: readonly OutgoingFile[];
  readonly at_ms: number;
  /** Why the server will never take it as it is; null while it may. */
  readonly refused: string | null;
}

export interface OutboxKeeping {
  all(): Promise<readonly Outgoing[]>;
  put(outgoing: Outgoing): Promise<void>;
  remove(clientId: string): Promise<void>;
}

export class MemoryOutbox implements OutboxKeeping {
  readonly #kept = new Map<string, Outgoing>();

  all(): Promise<readonly Outgoing[]> {
    return Promise.resolve([...this.#kept.values()]);
  }

  put(outgoing: Outgoing): Promise<void> {
    this.#kept.set(outgoing.client_id, outgoing);
    return Promise.resolve();
  }

  remove(clientId: string): Promise<void> {
    this.#kept.delete(clientId);
    return Promise.resolve();
  }
}

const STORE = "outgoing";
const OPEN_PATIENCE_MS = 3000;

export class DatabaseOutbox implements OutboxKeeping {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  static open(name: string): Promise<DatabaseOutbox> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, 1); // throws where storage is blocked
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "client_id" });
      opening.onsuccess = () => resolve(new DatabaseOutbox(opening.result));
      opening.onerror = () => reject(opening.error ?? new Error("The database did not open."));
      // A browser whose profile is damaged may never answer at all.
      setTimeout(() => reject(new Error("The database did not open in time.")), OPEN_PATIENCE_MS);
    });
  }

  all(): Promise<readonly Outgoing[]> {
    return this.#run("readonly", (store) => store.getAll() as IDBRequest<Outgoing[]>);
  }

  async put(outgoing: Outgoing): Promise<void> {
    await this.#run("readwrite", (store) => store.put(outgoing));
  }

  async remove(clientId: string): Promise<void> {
    await this.#run("readwrite", (store) => store.delete(clientId));
  }

  #run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(STORE, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("The change was given up."));
    });
  }
}

/**
 * The database, or memory from the moment that it fails: full, cleared, or blocked from the start. What is known goes
 * along, so nothing is lost as long as this tab lives; and each change of it is told, for whoever can keep it elsewhere.
 * `isKept` says whether a database keeps it.
 */
export class BestOutbox implements OutboxKeeping {
  #kept: Promise<OutboxKeeping>;
  isKept = true;
  #known: readonly Outgoing[] = [];
  readonly #keepElsewhere: (outgoing: readonly Outgoing[]) => void;

  constructor(name: string, keepElsewhere: (outgoing: readonly Outgoing[]) => void = () => undefined) {
    this.#keepElsewhere = keepElsewhere;
    this.#kept = DatabaseOutbox.open(name).catch(() => this.#fall());
  }

  async all(): Promise<readonly Outgoing[]> {
    const all = await this.#do((kept) => kept.all());
    // A client id begins with the time, but two tabs may disagree by a little: the time of writing decides.
    this.#known = all.toSorted((a, b) => a.at_ms - b.at_ms || (a.client_id < b.client_id ? -1 : 1));
    return this.#known;
  }

  put(outgoing: Outgoing): Promise<void> {
    this.#known = [...this.#known.filter((each) => each.client_id !== outgoing.client_id), outgoing];
    return this.#do((kept) => kept.put(outgoing));
  }

  remove(clientId: string): Promise<void> {
    this.#known = this.#known.filter((each) => each.client_id !== clientId);
    return this.#do((kept) => kept.remove(clientId));
  }

  async #do<T>(act: (kept: OutboxKeeping) => Promise<T>): Promise<T> {
    try {
      return await act(await this.#kept);
    } catch {
      this.#kept = this.#fall();
      return act(await this.#kept);
    } finally {
      if (!this.isKept) this.#keepElsewhere(this.#known);
    }
  }

  async #fall(): Promise<OutboxKeeping> {
    this.isKept = false;
    const memory = new MemoryOutbox();
    for (const each of this.#known) await memory.put(each);
    return memory;
  }
}

/** A UUIDv7 (RFC 9562, 5.7): sorts by when it was made. */
export function newClientId(nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = nowMs;
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
