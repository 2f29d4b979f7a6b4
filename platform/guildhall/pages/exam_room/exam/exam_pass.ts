// The tokens that open an exam run out; whoever is signed in in this browser gets fresh ones, while the exam goes on.
import type { ExamDoor } from "../../shared/exams_told";
import type { Answer } from "../../shared/line";
import type { Problem } from "../../shared/messages";
import { keepTokens, readClaims } from "../../shared/token";

/** Long enough to sign in again before anything is refused. */
const LONGEST_AHEAD_MS = 300_000;
const BETWEEN_TRIES_MS = 15_000;
/** After one that reached nobody. */
const SOON_MS = 2_000;

/** What a page shows to sit an attempt, and how it gets the next one. A server that is away changes nothing about it. */
export class ExamPass {
  examToken: string;
  /** Of the camera's line; null where nobody watches. */
  seatToken: string | null = null;
  /** Why there is no fresh one: this browser is signed out, or signed in as somebody else. Null while all is well. */
  problem: Problem | null = null;
  readonly #open: () => Promise<Answer<ExamDoor>>;
  readonly #renewed: () => void;
  readonly #nowMs: () => number;
  #renewing: Promise<boolean> | null = null;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  /** `open` asks for a fresh door; `renewed` is called with every fresh token; `nowMs` only measures how long ago. */
  constructor(examToken: string, open: () => Promise<Answer<ExamDoor>>, renewed: () => void, nowMs = () => performance.now()) {
    this.examToken = examToken;
    this.#open = open;
    this.#renewed = renewed;
    this.#nowMs = nowMs;
  }

  get isRenewing(): boolean {
    return this.#renewing !== null;
  }

  /** When it runs out, by the server's clock. */
  get endsAtMs(): number | null {
    const { exp } = readClaims(this.examToken);
    return typeof exp === "number" ? exp * 1000 : null;
  }

  /** Whether it runs out soon, by the server's clock, or has already. */
  isDue(serverTimeMs: number): boolean {
    const { iat, exp } = readClaims(this.examToken);
    if (typeof iat !== "number" || typeof exp !== "number") return false;
    return serverTimeMs >= exp * 1000 - Math.min(LONGEST_AHEAD_MS, ((exp - iat) * 1000) / 2);
  }

  /** Every now and then, where it is due or was refused: never more often than a server can bear. */
  async renewIfDue(serverTimeMs: number): Promise<void> {
    if (this.problem !== null || this.isDue(serverTimeMs)) await this.renewSoon();
  }

  /** The server says that it is about to end. */
  async renewSoon(): Promise<void> {
    if (this.#nowMs() - this.#triedAtMs >= BETWEEN_TRIES_MS) await this.renew();
  }

  /** At once: the server refused it, or the person has come back from signing in. Whether there is a fresh one. */
  renew(): Promise<boolean> {
    this.#triedAtMs = this.#nowMs();
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(): Promise<boolean> {
    const answer = await this.#open();
    if ("problem" in answer) {
      const { problem } = answer;
      if (problem.status === 401 || problem.status === 403 || problem.status === 404) this.problem = problem;
      if (problem.status === 0) this.#triedAtMs = this.#nowMs() - BETWEEN_TRIES_MS + SOON_MS;
      return false;
    }
    const { url, exam_token } = answer.reply;
    const fragment = new URLSearchParams(url.slice(url.indexOf("#") + 1));
    this.examToken = exam_token;
    this.seatToken = fragment.get("token");
    this.problem = null;
    keepTokens("exam-room", this.seatToken === null ? { exam: exam_token } : { exam: exam_token, token: this.seatToken });
    this.#renewed();
    return true;
  }
}
