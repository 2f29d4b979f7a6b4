import type { CaseLine, CasesTold, CaseTold, LinesTold, Offer, Ranking } from "../shared/acting";
import type { Answer, Line } from "../shared/line";
import type { ServerClock } from "../shared/server_clock";

const TRIES = 4;
const RETRY_MS = 1500;

/** How things stand with everybody, whom to look at first, and the verbs of a proctor. Fed by one line, as the wall. */
export class Floor {
  cases: ReadonlyMap<string, CaseTold> = new Map();
  ranking: Ranking | null = null;
  offers: readonly Offer[] = [];
  /** The account that acts here; "": it may look and not act, which is how it begins. */
  me = "";
  leaseMs = 45_000;
  /** What was written and not sent, by candidate and field: closing a view, or walking on, loses nothing. */
  readonly drafts = new Map<string, string>();
  readonly #line: Line;
  readonly #clock: ServerClock;
  readonly #changed: () => void;
  readonly #histories = new Map<string, History>();

  constructor(line: Line, clock: ServerClock, changed: () => void) {
    this.#line = line;
    this.#clock = clock;
    this.#changed = changed;
    line.socket.on("case", (told: CaseTold) => this.#take([told]));
    line.socket.on("ranking", (ranking: Ranking) => {
      if (ranking.at_ms < (this.ranking?.at_ms ?? 0)) return;
      this.ranking = ranking;
      changed();
    });
  }

  /** After each `watch`: hints may have been missed, and another process may rank from now on. */
  async begin(): Promise<void> {
    this.ranking = null;
    const askedAtMs = Date.now();
    const answer = await this.#line.ask<CasesTold>("cases", {});
    if ("problem" in answer) {
      if (this.#line.socket.connected) setTimeout(() => void this.begin(), RETRY_MS);
      return;
    }
    const { reply } = answer;
    this.#clock.learn(reply.server_time_ms, askedAtMs, Date.now());
    this.me = reply.me;
    this.offers = reply.offers;
    this.leaseMs = reply.lease_ms;
    this.#take(reply.cases);
    this.#changed();
  }

  /** The server is another than before: what was known is of somewhere else. */
  forget(): void {
    this.cases = new Map();
    this.ranking = null;
    this.#histories.clear();
  }

  /** Sends until there is an answer; the body carries a key, or may be repeated as it is. */
  async send<T>(event: string, body: object): Promise<Answer<T>> {
    let answer = await this.#line.ask<T>(event, body);
    for (let tries = 1; tries < TRIES && "problem" in answer && answer.problem.status === 0; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      answer = await this.#line.ask<T>(event, body);
    }
    return answer;
  }

  async attend(sessionId: string, action: "attend" | "leave" | "escalate"): Promise<string | null> {
    const answer = await this.send<CaseTold>("attend", { session_id: sessionId, action });
    if ("problem" in answer) return answer.problem.detail;
    this.#take([answer.reply]);
    return null;
  }

  linesOf(sessionId: string): readonly CaseLine[] {
    return this.#histories.get(sessionId)?.lines ?? [];
  }

  /** Reads what is new in one candidate's history. */
  async read(sessionId: string): Promise<void> {
    const known = this.#histories.get(sessionId) ?? new History();
    this.#histories.set(sessionId, known);
    const ask = (after: number): Promise<Answer<LinesTold>> => this.#line.ask("lines", { session_id: sessionId, after });
    if (await known.read(ask)) this.#changed();
  }

  #take(told: readonly CaseTold[]): void {
    const next = withCases(this.cases, told);
    if (next === this.cases) return;
    this.cases = next;
    this.#changed();
  }
}

/** Of two, the one with the higher `rev` holds. The same map where nothing is newer. */
export function withCases(cases: ReadonlyMap<string, CaseTold>, told: readonly CaseTold[]): ReadonlyMap<string, CaseTold> {
  const newer = told.filter((each) => each.rev > (cases.get(each.session_id)?.rev ?? -1));
  if (newer.length === 0) return cases;
  const next = new Map(cases);
  for (const each of newer) if (each.rev > (next.get(each.session_id)?.rev ?? -1)) next.set(each.session_id, each);
  return next;
}

/** One candidate's lines, read forward by number; a wish that comes while it reads is not lost. */
export class History {
  lines: readonly CaseLine[] = [];
  #reading = false;
  #wanted = false;

  /** True: there was something new. */
  async read(ask: (after: number) => Promise<Answer<LinesTold>>): Promise<boolean> {
    this.#wanted = true;
    if (this.#reading) return false;
    this.#reading = true;
    let isNew = false;
    while (this.#wanted) {
      this.#wanted = false;
      const answer = await ask(this.lines.at(-1)?.number ?? 0);
      if ("problem" in answer) break;
      if (answer.reply.lines.length === 0) continue;
      this.lines = [...this.lines, ...answer.reply.lines];
      this.#wanted ||= !answer.reply.is_whole;
      isNew = true;
    }
    this.#reading = false;
    return isNew;
  }
}

/** The same key for the same words, however often they are sent, and another once they were changed or arrived. */
export class WriteKeys {
  #body = "";
  #key = "";

  for(body: object): string {
    const written = JSON.stringify(body);
    if (written !== this.#body || this.#key === "") {
      this.#body = written;
      this.#key = `p${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    }
    return this.#key;
  }

  arrived(): void {
    this.#key = "";
  }
}
