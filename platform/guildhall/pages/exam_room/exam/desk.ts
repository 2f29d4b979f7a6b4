import type { Acted, AnswerGiven, AnswersTaken, AttemptShown, ClockChanged, Question, Response } from "../../shared/exam";
import { Line, type Answer } from "../../shared/line";
import type { ExamDoor } from "../../shared/exams_told";
import { ServerClock } from "../../shared/server_clock";
import { asGiven, Courier } from "../outbox/courier";
import { openKeeping, type KeptWhere } from "../outbox/keeping";
import { fitKeepalive, leaveLastWords, readLastWords } from "../outbox/last_words";
import { applyChange, planWrite, type Kept } from "../outbox/outbox";
import { AnswerBook } from "./answer_book";
import { ClockSync } from "./clock_sync";
import { ExamHttp } from "./exam_http";
import { ExamPass } from "./exam_pass";
import { phaseOf } from "./phases";
import { misfit } from "./responses";
import { keepAnswers, keepSnapshot, readSnapshot } from "./snapshot";
import { announce, leftMs, newCredits, sayCredit } from "./timing";
import { Viewing } from "./viewing";

const DEBOUNCE_MS = 400;
/** Whoever types without a pause is kept all the same. */
const LONGEST_DEBOUNCE_MS = 2000;
/** What is being typed goes this long before the time is up. */
const LAST_FLUSH_MS = 1500;
const LOOK_BY_HTTP_MS = 10_000;
const CONNECTION_PATIENCE_MS = 8000;
const MEMORY_AFTER_MS = 2500;
const CONNECTING_PATIENCE_MS = 5000;

export type Action = "check_in" | "begin" | "submit" | "take_break" | "end_break" | "leave_section";

/** One page of one attempt: its line, its outbox, its answers and its clock. Components read it and redraw on `changed`. */
export class ExamDesk {
  readonly attemptId: string;
  readonly pass: ExamPass;
  readonly line: Line;
  readonly http: ExamHttp;
  readonly clock = new ServerClock();
  readonly book = new AnswerBook();
  readonly courier: Courier;
  attempt: AttemptShown | null = null;
  keptWhere: KeptWhere = "database";
  /** Nobody could be asked yet: the attempt is shown as it was told to an earlier page on this device. */
  isFromMemory = false;
  /** What was given back while this page was open, in words; until it is dismissed. */
  given: readonly string[] = [];
  /** For screen readers: said once, politely. */
  said = "";
  readonly #changed: () => void;
  readonly #sync: ClockSync;
  readonly #tabs: BroadcastChannel;
  readonly #viewing = new Viewing();
  #shownSlot: string | null = null;
  readonly #page = makePageName();
  readonly #timers: number[] = [];
  /** Answers on their way into the outbox. */
  readonly #keeping = new Set<Promise<void>>();
  #keys = 0;
  #flushTimer: number | undefined;
  #typingSinceMs: number | null = null;
  #lastLeftMs = Number.POSITIVE_INFINITY;
  #isClosed = false;
  readonly #openedAtMs = performance.now();

  constructor(token: string, attemptId: string, openDoor: () => Promise<Answer<ExamDoor>>, changed: () => void) {
    this.attemptId = attemptId;
    this.#changed = changed;
    this.pass = new ExamPass(token, openDoor, () => this.#renewed());
    this.http = new ExamHttp(this.pass, attemptId);
    this.line = new Line("/exam", token, () => this.#lineChanged());
    this.#sync = new ClockSync(this.line, this.clock);
    const keeping = openKeeping(attemptId, (where) => {
      this.keptWhere = where;
      changed();
    });
    this.courier = new Courier(keeping, (answers) => this.#send(answers), {
      changed: () => this.#outboxChanged(),
      settled: (outcomes) => {
        this.book.settle(outcomes);
        if (this.attempt?.state === "running") keepAnswers(attemptId, this.book.stored);
        changed();
      },
      sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    });
    this.line.socket.on("token_expiring", () => void this.renewSoon());
    this.line.socket.on("attempt", (told: AttemptShown) => this.#adopt(told));
    this.line.socket.on("clock", (told: ClockChanged) => this.#turn(told));
    this.#tabs = new BroadcastChannel(`guildhall-exam-${attemptId}`);
    this.#tabs.onmessage = () => void this.courier.look();
    this.#timers.push(window.setInterval(() => this.#tick(), 1000));
    this.#timers.push(window.setInterval(() => void this.#renewIfDue(), 1000));
    this.#timers.push(window.setInterval(() => void this.#lookByHttp(), LOOK_BY_HTTP_MS));
    addEventListener("pagehide", this.#leave);
    addEventListener("pageshow", this.#comeBack);
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#hide);
    addEventListener("beforeunload", this.#warn);
    void this.#open();
  }

  close(): void {
    this.#isClosed = true;
    this.flush();
    this.courier.stop();
    this.line.close();
    this.#sync.close();
    this.#tabs.close();
    for (const timer of this.#timers) clearInterval(timer);
    removeEventListener("pagehide", this.#leave);
    removeEventListener("pageshow", this.#comeBack);
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#hide);
    removeEventListener("beforeunload", this.#warn);
  }

  get leftMs(): number {
    return this.attempt === null ? 0 : leftMs(this.attempt.clock, this.clock.now());
  }

  get isOver(): boolean {
    return this.attempt !== null && phaseOf(this.attempt) === "after";
  }

  /** The line was refused for its token alone, which a fresh one mends. */
  get needsPass(): boolean {
    return this.line.state === "refused" && this.line.refusal?.status === 401;
  }

  /** No line, and not just for the moment in which a page opens. */
  get isAway(): boolean {
    if (this.line.state === "connecting") return performance.now() - this.#openedAtMs > CONNECTING_PATIENCE_MS;
    return this.line.state !== "connected";
  }

  /** Questions whose newest answer is not receipted yet: on its way, or still being typed. */
  get unsaved(): number {
    const waiting = this.courier.kept.filter((each) => each.stage !== "refused").map((each) => each.slot_id);
    return new Set([...waiting, ...this.book.drafted]).size;
  }

  /** Questions whose answer cannot be stored as it is, or was given twice: only the candidate can say what to do. */
  get attention(): number {
    const refused = this.courier.kept.filter((each) => each.stage === "refused").map((each) => each.slot_id);
    return new Set([...refused, ...this.book.collisions.keys()]).size;
  }

  allows(action: string): { allowed: boolean; reason: string | null } {
    return this.attempt?.actions.find((each) => each.action === action) ?? { allowed: false, reason: null };
  }

  questionOf(slotId: string): Question | null {
    return this.attempt?.slots.find((slot) => slot.id === slotId)?.question ?? null;
  }

  /** The question that is on the screen now; null: none. */
  show(slotId: string | null): void {
    this.#shownSlot = slotId;
    this.#look();
  }

  write(slotId: string, response: Response | null): void {
    this.book.write(slotId, response, this.book.of(slotId).flagged);
    this.#flushSoon();
  }

  flag(slotId: string, flagged: boolean): void {
    this.book.write(slotId, this.book.of(slotId).response, flagged);
    this.flush();
  }

  useMine(slotId: string): void {
    this.book.useMine(slotId);
    this.flush();
  }

  keepOther(slotId: string): void {
    this.book.keepOther(slotId);
    this.#changed();
  }

  /** Everything that is written goes to the outbox now: on blur, on leaving a question, before the end. */
  flush(): void {
    clearTimeout(this.#flushTimer);
    this.#typingSinceMs = null;
    for (const given of this.#take()) this.#keepLater(given);
    this.#changed();
  }

  /** When everything that is written has its receipt. */
  async drained(): Promise<void> {
    this.flush();
    await Promise.all(this.#keeping);
    await this.courier.drained();
  }

  /** Over the line; where there is none after a while, over HTTP, which some networks let through when no socket is. */
  async act(action: Action, body: object = {}): Promise<Answer<Acted>> {
    this.flush();
    await this.#connected(CONNECTION_PATIENCE_MS);
    const answer =
      this.line.state === "connected" ? await this.line.ask<Acted>(action, body, { timeoutMs: 15_000 }) : await this.http.act(action, body);
    if ("reply" in answer) this.#adopt(answer.reply.attempt);
    return answer;
  }

  /** A line was told that its token is about to end. */
  async renewSoon(): Promise<void> {
    await this.pass.renewSoon();
    this.#changed();
  }

  /** A line was refused with its token, or the person says that they have signed in again. */
  async renew(): Promise<void> {
    const renewing = this.pass.renew();
    this.#changed();
    await renewing;
    this.#changed();
  }

  say(words: string): void {
    this.said = words;
    this.#changed();
  }

  dismissGiven(): void {
    this.given = [];
    this.#changed();
  }

  async #open(): Promise<void> {
    const left = readLastWords(this.attemptId);
    await this.courier.absorb(left.answers);
    left.forget();
    await this.courier.look();
    await this.#connected(MEMORY_AFTER_MS);
    const kept = this.attempt === null && this.line.state !== "refused" ? readSnapshot(this.attemptId) : null;
    if (kept === null) return;
    const now = Date.now();
    this.clock.learn(now + kept.offsetMs, now, now + 4000);
    this.book.adopt(kept.attempt.answers);
    this.attempt = kept.attempt;
    this.isFromMemory = true;
    this.#look();
    this.#changed();
  }

  /** When there is a line, or the patience is over. */
  async #connected(patienceMs: number): Promise<void> {
    const until = performance.now() + patienceMs;
    while (this.line.state !== "connected" && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  #take(): readonly AnswerGiven[] {
    const makeKey = (): string => `${this.#page}-${(this.#keys += 1).toString(36)}`;
    return this.book.take(null, makeKey, Date.now(), (slotId) => this.#viewing.take(slotId, performance.now()));
  }

  #look(): void {
    const counts = this.attempt?.state === "running" && !document.hidden;
    this.#viewing.look(counts ? this.#shownSlot : null, performance.now());
  }

  #keepLater(given: AnswerGiven): void {
    const keeping = this.#keep(given).finally(() => this.#keeping.delete(keeping));
    this.#keeping.add(keeping);
  }

  async #keep(given: AnswerGiven): Promise<void> {
    const question = this.questionOf(given.slot_id);
    await this.courier.write(given, question === null ? null : misfit(question, given.response));
    this.book.kept(given.slot_id);
    if (!this.#isClosed) this.#tabs.postMessage("changed");
    this.#changed();
  }

  #flushSoon(): void {
    const nowMs = performance.now();
    this.#typingSinceMs ??= nowMs;
    clearTimeout(this.#flushTimer);
    const longest = this.#typingSinceMs + LONGEST_DEBOUNCE_MS - nowMs;
    this.#flushTimer = window.setTimeout(() => this.flush(), Math.max(0, Math.min(DEBOUNCE_MS, longest)));
    this.#changed();
  }

  #send(answers: readonly AnswerGiven[]): Promise<Answer<AnswersTaken>> {
    if (this.line.state === "connected") return this.line.ask<AnswersTaken>("answers", { answers }, { timeoutMs: 10_000 });
    return this.http.give(answers);
  }

  #adopt(told: AttemptShown): void {
    const before = this.attempt;
    const now = Date.now();
    // The message took an unknown time to arrive: good enough until the exchanges have measured it.
    if (before === null) this.clock.learn(told.clock.server_time_ms, now, now + 2000);
    this.book.adopt(told.answers);
    this.attempt = told;
    this.isFromMemory = false;
    this.#look();
    keepSnapshot({ attempt: told, offsetMs: this.clock.now() - Date.now() });
    this.#tellGiven(before, told);
    this.courier.wake();
    this.#changed();
  }

  #turn(told: ClockChanged): void {
    if (this.attempt === null) return;
    const before = this.attempt;
    this.attempt = { ...before, state: told.state, actions: told.actions, clock: told.clock };
    this.#look();
    this.#tellGiven(before, this.attempt);
    this.#changed();
  }

  #tellGiven(before: AttemptShown | null, after: AttemptShown): void {
    if (before === null) return;
    const told = newCredits(before.clock.credits, after.clock.credits).map(sayCredit);
    if (told.length === 0) return;
    this.given = [...this.given, ...told];
    this.said = told.join(" ");
  }

  #lineChanged(): void {
    if (this.line.state === "connected") void this.#sync.measure();
    if (this.line.state === "taken_over") {
      void this.#handOver();
      void this.#lookByHttp();
    }
    if (this.needsPass) void this.renewSoon();
    this.#changed();
  }

  #renewed(): void {
    void this.line.renew(this.pass.examToken);
    this.courier.wake();
  }

  async #renewIfDue(): Promise<void> {
    if (this.isOver && this.courier.waiting === 0) return;
    const before = this.pass.problem;
    await (this.needsPass ? this.pass.renewSoon() : this.pass.renewIfDue(this.clock.now()));
    if (this.pass.problem !== before) this.#changed();
  }

  /**
   * The page that took over may be on another device, which has nothing of what this one keeps: it goes over HTTP. Then
   * the other page alone sends, or a tab of this browser would send all that the other one writes once more.
   */
  async #handOver(): Promise<void> {
    await this.drained();
    if (this.line.state === "taken_over") this.courier.stop();
  }

  #outboxChanged(): void {
    this.book.waits(this.courier.kept);
    this.#changed();
  }

  #tick(): void {
    if (this.attempt === null || !this.attempt.clock.is_running) return;
    const left = this.leftMs;
    const words = announce(this.#lastLeftMs, left);
    if (words !== null) this.say(words);
    if (left <= LAST_FLUSH_MS && this.book.isTyping) this.flush();
    if (left === 0 && this.#lastLeftMs > 0) this.#changed();
    this.#lastLeftMs = left;
  }

  /**
   * Where web sockets do not get through, HTTP may: then the page learns of the state this way. And one that was taken
   * over learns of nothing but the end.
   */
  async #lookByHttp(): Promise<void> {
    if (this.line.state === "connected" || this.line.state === "refused") return;
    const isTakenOver = this.line.state === "taken_over";
    if (isTakenOver && this.isOver) return;
    const answer = await this.http.read();
    if ("reply" in answer && (!isTakenOver || phaseOf(answer.reply) === "after")) this.#adopt(answer.reply);
  }

  readonly #leave = (): void => {
    const typed = this.#take();
    let kept: readonly Kept[] = this.courier.kept;
    const last: AnswerGiven[] = [];
    for (const given of typed) {
      const change = planWrite(kept, given);
      kept = applyChange(kept, change);
      last.push(...change.put.map(asGiven));
    }
    leaveLastWords(this.attemptId, last);
    for (const given of typed) this.#keepLater(given);
    const due = kept.filter((each) => each.stage !== "refused");
    if (due.length > 0 && this.line.state !== "taken_over") this.http.giveAtUnload(fitKeepalive(due.map(asGiven)));
  };

  /** The browser's Back brought the page back as it was left. */
  readonly #comeBack = (event: PageTransitionEvent): void => {
    if (event.persisted) void this.#open();
  };

  readonly #hide = (): void => {
    this.#look();
    if (document.hidden) this.flush();
    else if (this.pass.problem !== null) void this.renew();
  };

  readonly #wake = (): void => {
    if (this.line.state === "taken_over") void this.#handOver();
    else this.courier.wake();
  };

  readonly #warn = (event: BeforeUnloadEvent): void => {
    if (this.keptWhere === "memory" && this.unsaved > 0) event.preventDefault();
  };
}

function makePageName(): string {
  return [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => (byte % 36).toString(36)).join("");
}
