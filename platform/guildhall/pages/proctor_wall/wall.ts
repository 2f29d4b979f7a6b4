import { Line } from "../shared/line";
import type { Card, Entry, Incident, Synced, Tile, WallSnapshot } from "../shared/messages";
import { ServerClock } from "../shared/server_clock";
import { EntryLog } from "./entry_log";
import { Floor } from "./floor";
import { EMPTY_BOOK, withEntries, withOpen, type IncidentBook } from "./incident_book";
import { Pictures } from "./pictures";

/**
 * Everything the proctor wall knows, kept in step with the server: join, read from the last number, fill gaps.
 * `changed` asks the page to draw; `opened` tells of incidents that began while this page was watching.
 */
export class Wall {
  readonly clock = new ServerClock();
  readonly line: Line;
  readonly pictures: Pictures;
  readonly floor: Floor;
  examTitle: string | null = null;
  /** At which each candidate is judged while the engine has room for everybody. */
  framesPerSecond = 0;
  cards: ReadonlyMap<string, Card> = new Map();
  book: IncidentBook = EMPTY_BOOK;
  readonly #changed: () => void;
  readonly #opened: (incidents: readonly Incident[]) => void;
  #log = new EntryLog();
  #syncing = false;
  #focused: string | null = null;

  constructor(token: string, changed: () => void, opened: (incidents: readonly Incident[]) => void) {
    this.#changed = changed;
    this.#opened = opened;
    this.line = new Line("/proctor-wall", token, changed);
    this.pictures = new Pictures((tile) => this.#confirm(tile));
    this.floor = new Floor(this.line, this.clock, changed);
    const { socket } = this.line;
    socket.on("connect", () => void this.#watch());
    socket.on("entry", (entry: Entry) => this.#take(this.#log.announced(entry), true));
    socket.on("head", ({ head }: { head: number }) => {
      this.#log.heard(head);
      void this.#fill();
    });
    socket.on("candidate", (card: Card) => {
      this.cards = new Map(this.cards).set(card.session_id, card);
      changed();
    });
    socket.on("tile", (tile: Tile) => void this.pictures.take(tile));
  }

  /** Asks for every frame of one candidate; null goes back to the wall's own rate. */
  focus(sessionId: string | null): void {
    this.#focused = sessionId;
    void this.line.ask("focus", { session_id: sessionId });
  }

  close(): void {
    this.line.close();
  }

  async #watch(): Promise<void> {
    const askedAtMs = Date.now();
    const after = this.#log.last;
    const answer = await this.line.ask<WallSnapshot>("watch", { after });
    if ("problem" in answer) {
      // Without a snapshot the wall would look calm while it is blind, so the question is asked again.
      if (this.line.socket.connected) setTimeout(() => void this.#watch(), 2000);
      return;
    }
    const wall = answer.reply;
    if (this.#log.isForeign(wall.head)) {
      this.#log = new EntryLog();
      this.book = EMPTY_BOOK;
      this.floor.forget();
      return this.#watch();
    }
    this.clock.distrust();
    this.clock.learn(wall.server_time_ms, askedAtMs, Date.now());
    this.examTitle = wall.exam_title;
    this.framesPerSecond = 1000 / wall.frame_interval_ms;
    this.cards = new Map(wall.candidates.map((card) => [card.session_id, card]));
    const fresh = after === 0 ? this.#log.begin(wall.entries, wall.head) : this.#log.filled(wall.entries, wall.head);
    this.book = withOpen(this.book, wall.open);
    this.#take(fresh, after !== 0);
    void this.floor.begin();
    if (this.#focused !== null) this.focus(this.#focused);
  }

  /** Brings new entries into the book; `live` ones that opened an incident are told to the proctor. */
  #take(entries: readonly Entry[], live: boolean): void {
    this.book = withEntries(this.book, entries);
    const opened = entries.filter((entry) => entry.kind === "incident_opened").map((entry) => entry.incident);
    if (live && opened.length > 0) this.#opened(opened);
    this.#changed();
    void this.#fill();
  }

  async #fill(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    while (this.#log.behind) {
      const answer = await this.line.ask<Synced>("sync", { after: this.#log.last });
      if ("problem" in answer) break;
      const fresh = this.#log.filled(answer.reply.entries, answer.reply.head);
      // No way forward now; the next head asks again.
      if (fresh.length === 0) break;
      this.#take(fresh, true);
    }
    this.#syncing = false;
  }

  #confirm(tile: Tile): void {
    void this.line.ask("seen", { session_id: tile.session_id, number: tile.number });
  }
}
