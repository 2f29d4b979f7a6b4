// Where the outbox is kept: the browser's database, else its local storage, else this tab's memory.
import { applyChange, inOrder, type Change, type Kept } from "./outbox";

export type Plan<T> = (kept: readonly Kept[]) => Change<T>;

/** A list of answers of one attempt that is read and changed in one piece; `result` comes when the change is on disk. */
export interface Keeping {
  change<T>(plan: Plan<T>): Promise<T>;
}

export type KeptWhere = "database" | "local" | "memory";

/** What a page says when the browser keeps less than it should; nothing while all is well. */
export function sayKeeping(where: KeptWhere): string | null {
  if (where !== "memory") return null;
  return (
    "This browser does not let the page keep anything (a private window, or storage that is full or switched off). " +
    "Answers are saved as soon as the server receipts them, but until then a closed or reloaded tab would lose them."
  );
}

export class MemoryKeeping implements Keeping {
  #kept: readonly Kept[];

  constructor(kept: readonly Kept[] = []) {
    this.#kept = kept;
  }

  change<T>(plan: Plan<T>): Promise<T> {
    const change = plan(this.#kept);
    this.#kept = applyChange(this.#kept, change);
    return Promise.resolve(change.result);
  }
}

/** One JSON list in localStorage; all of it is synchronous, so a change is one piece within a tab. */
export class LocalKeeping implements Keeping {
  readonly #key: string;
  readonly #storage: Storage;

  constructor(attemptId: string, storage: Storage) {
    this.#key = `guildhall.outbox.${attemptId}`;
    this.#storage = storage;
  }

  change<T>(plan: Plan<T>): Promise<T> {
    try {
      const kept = JSON.parse(this.#storage.getItem(this.#key) ?? "[]") as readonly Kept[];
      const change = plan(kept);
      const after = applyChange(kept, change);
      if (after.length === 0) this.#storage.removeItem(this.#key);
      else this.#storage.setItem(this.#key, JSON.stringify(after));
      return Promise.resolve(change.result);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }
}

const DATABASE = "guildhall-exam";
const STORE = "answers";
const OPEN_PATIENCE_MS = 4000;

/** IndexedDB, one record an answer, shared by the tabs of this browser; every change is one transaction on disk. */
export class DatabaseKeeping implements Keeping {
  readonly #attemptId: string;
  readonly #database: IDBDatabase;

  private constructor(attemptId: string, database: IDBDatabase) {
    this.#attemptId = attemptId;
    this.#database = database;
  }

  static open(attemptId: string): Promise<DatabaseKeeping> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("attempt", "attempt_id");
      };
      opening.onsuccess = () => resolve(new DatabaseKeeping(attemptId, opening.result));
      opening.onerror = () => reject(opening.error ?? new Error("The database did not open."));
      opening.onblocked = () => reject(new Error("The database is held by another page."));
      // A browser whose profile is damaged may never answer at all.
      setTimeout(() => reject(new Error("The database did not open in time.")), OPEN_PATIENCE_MS);
    });
  }

  change<T>(plan: Plan<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      // Strict: on disk when it says so, a power cut included. One write every 400 ms at most can afford that.
      const transaction = this.#database.transaction(STORE, "readwrite", { durability: "strict" });
      const store = transaction.objectStore(STORE);
      const asked: IDBRequest<Kept[]> = store.index("attempt").getAll(this.#attemptId);
      let result: T;
      asked.onsuccess = () => {
        try {
          const change = plan(inOrder(asked.result));
          for (const key of change.remove) store.delete(key);
          for (const each of change.put) store.put({ ...each, attempt_id: this.#attemptId });
          result = change.result;
        } catch (error) {
          reject(error as Error);
          transaction.abort();
        }
      };
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error ?? new Error("The change was given up."));
    });
  }
}

export interface Offered {
  readonly where: KeptWhere;
  open(): Promise<Keeping>;
}

/**
 * The first of several keepings that works, changes one after the other. When it fails later (full, cleared, closed by
 * the browser), all that is known goes to the next one: so nothing is lost as long as this tab lives.
 */
export class BestKeeping implements Keeping {
  readonly #offers: Offered[];
  readonly #changed: (where: KeptWhere) => void;
  #current: Keeping | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** As of the last change: what a closing tab sends without waiting for anything. */
  known: readonly Kept[] = [];

  constructor(offers: readonly Offered[], changed: (where: KeptWhere) => void) {
    this.#offers = [...offers];
    this.#changed = changed;
  }

  change<T>(plan: Plan<T>): Promise<T> {
    const done = this.#turn.then(() => this.#change(plan));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #change<T>(plan: Plan<T>): Promise<T> {
    for (;;) {
      try {
        this.#current ??= await this.#openNext();
        return await this.#current.change((kept) => {
          const change = plan(kept);
          this.known = applyChange(kept, change);
          return change;
        });
      } catch (error) {
        console.warn("Answers are kept in a plainer place from now on", error);
        this.#current = null;
        if (this.#offers.length === 0) throw error;
      }
    }
  }

  async #openNext(): Promise<Keeping> {
    const offer = this.#offers.shift();
    if (offer === undefined) throw new Error("There is nowhere to keep answers.");
    const opened = await offer.open();
    // What the failed one was about to put may be in here twice: keys make it one.
    const carried = this.known;
    await opened.change((kept) => ({
      put: carried.filter((each) => !kept.some((other) => other.key === each.key)),
      remove: [],
      result: undefined,
    }));
    this.#changed(offer.where);
    return opened;
  }
}

export function openKeeping(attemptId: string, changed: (where: KeptWhere) => void): BestKeeping {
  return new BestKeeping(
    [
      { where: "database", open: () => DatabaseKeeping.open(attemptId) },
      { where: "local", open: () => Promise.resolve(new LocalKeeping(attemptId, localStorage)) },
      { where: "memory", open: () => Promise.resolve(new MemoryKeeping()) },
    ],
    changed,
  );
}
