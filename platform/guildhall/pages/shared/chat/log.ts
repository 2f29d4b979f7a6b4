import type { EntriesPage, Entry, Limits, Standing } from "./told";

export type Receipts = Readonly<Record<string, readonly [delivered: number, read: number]>>;

const NOBODY: Standing = { state: "unattended", epoch: 0, owner: "", waiting_since_ms: 0, readers: {} };
/** Entries beyond a gap that are kept until it is filled; of more, the newest are asked for again. */
const BEYOND_MAX = 500;

/**
 * One conversation's log as this page knows it: entries are taken in the order of their numbers, each once; what comes
 * early waits until the gap is filled. Announcements and pages may come in any order, twice, or not at all.
 */
export class ConversationLog {
  readonly entries: Entry[] = [];
  /** The last number without a gap before it. */
  last = 0;
  /** The newest number that the server has spoken of. */
  head = 0;
  standing: Standing = NOBODY;
  /** Within what time people answer now; 0 where nobody is there. */
  usualWaitMs = 0;
  limits: Limits = { text_characters: 4000, file_bytes: 10_485_760, files: 4 };
  you = "";
  readonly #beyond = new Map<number, Entry>();
  #receipts: Record<string, readonly [number, number]> = {};

  /** Whether something is missing that the server has: ask for what comes after `last`. */
  get hasGap(): boolean {
    return this.head > this.last;
  }

  get receipts(): Receipts {
    return this.#receipts;
  }

  /** The newest message of somebody else: what a receipt is about. */
  get lastOfOthers(): number {
    return this.entries.findLast((each) => each.kind === "message" && each.by !== this.you)?.number ?? 0;
  }

  /** Messages of others that `you` have not read. */
  get unread(): number {
    const read = this.#receipts[this.you]?.[1] ?? 0;
    return this.entries.filter((each) => each.kind === "message" && each.by !== this.you && each.number > read).length;
  }

  /** What the parties said of it since it was last resolved; 0 where nobody has. */
  get rating(): number {
    const last = this.entries.findLast((each) => each.kind === "rating" || each.turn === "resolve");
    return last?.rating ?? 0;
  }

  /** How far others got: the furthest of all who are not `you`. */
  get othersGot(): readonly [delivered: number, read: number] {
    let got: readonly [number, number] = [0, 0];
    for (const [reader, [delivered, read]] of Object.entries(this.#receipts)) {
      if (reader !== this.you) got = [Math.max(got[0], delivered), Math.max(got[1], read)];
    }
    return got;
  }

  takePage(page: EntriesPage): void {
    this.you = page.you;
    this.usualWaitMs = page.usual_wait_ms ?? 0;
    this.limits = page.limits ?? this.limits;
    for (const [reader, [delivered, read]] of Object.entries(page.standing.readers)) this.#mark(reader, delivered, read);
    for (const entry of page.entries) this.take(entry);
    this.hear(page.head);
    // Of a page that was overtaken by announcements, the standing is older than what they brought.
    if (page.head >= this.last) this.standing = page.standing;
  }

  /** An announced entry; whether it was new here. */
  take(entry: Entry): boolean {
    this.hear(entry.number);
    if (entry.number <= this.last || this.#beyond.has(entry.number)) return false;
    if (this.#beyond.size < BEYOND_MAX || entry.number === this.last + 1) this.#beyond.set(entry.number, entry);
    for (let next = this.#beyond.get(this.last + 1); next !== undefined; next = this.#beyond.get(this.last + 1)) {
      this.#beyond.delete(next.number);
      this.#append(next);
    }
    return true;
  }

  hear(head: number): void {
    this.head = Math.max(this.head, head);
  }

  #append(entry: Entry): void {
    this.last = entry.number;
    this.entries.push(entry);
    if (entry.kind === "mark") this.#mark(entry.by, entry.delivered, entry.read);
    const waits = entry.state === "queued";
    const since = this.standing.state === "queued" ? this.standing.waiting_since_ms : entry.at_ms;
    this.standing = {
      ...this.standing,
      state: entry.state,
      epoch: entry.epoch,
      owner: entry.owner,
      waiting_since_ms: waits ? since : 0,
      promised_by_ms: entry.promised_by_ms ?? 0,
    };
  }

  #mark(reader: string, delivered: number, read: number): void {
    const [hadDelivered, hadRead] = this.#receipts[reader] ?? [0, 0];
    this.#receipts[reader] = [Math.max(hadDelivered, delivered), Math.max(hadRead, read)];
  }
}
