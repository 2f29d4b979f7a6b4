import type { Api } from "../api";
import { Line, type Answer } from "../line";
import type { Problem } from "../messages";
import { askBearing, type Method } from "./http";

const COME_BACK_MS = 5000;

/**
 * The way of somebody signed in to their conversations: a chat token from `path`, a line that is opened again when it has
 * run out, and the same questions over HTTP.
 */
export class ChatDoor {
  line: Line | null = null;
  problem: Problem | null = null;
  readonly #api: Api;
  readonly #path: string;
  readonly #changed: () => void;
  /** Told of each line as it is opened, for whoever listens on it. */
  readonly #opened: (line: Line) => void;
  #token = "";
  #isClosed = false;
  #entering: Promise<Problem | null> | null = null;

  constructor(api: Api, path: string, changed: () => void, opened: (line: Line) => void) {
    this.#api = api;
    this.#path = path;
    this.#changed = changed;
    this.#opened = opened;
  }

  /** Who came in. */
  get you(): string {
    return this.#api.vault.read()?.account_id ?? "";
  }

  async open(): Promise<Problem | null> {
    const problem = await this.enter();
    if (problem === null && !this.#isClosed) this.#connect();
    return problem;
  }

  /** A fresh token; those who ask meanwhile share one. */
  enter(): Promise<Problem | null> {
    this.#entering ??= this.#enter().finally(() => {
      this.#entering = null;
    });
    return this.#entering;
  }

  readonly ask = async <T>(method: Method, path: string, body?: object | Blob): Promise<Answer<T>> => {
    const answer = await askBearing<T>(method, path, this.#token, body);
    if ("reply" in answer || answer.problem.status !== 401) return answer;
    const problem = await this.enter();
    return problem === null ? askBearing<T>(method, path, this.#token, body) : { problem };
  };

  close(): void {
    this.#isClosed = true;
    this.line?.close();
    this.line = null;
  }

  async #enter(): Promise<Problem | null> {
    const answer = await this.#api.ask<{ chat_token: string }>("POST", this.#path, {});
    this.problem = "problem" in answer ? answer.problem : null;
    if ("reply" in answer) this.#token = answer.reply.chat_token;
    return this.problem;
  }

  #connect(): void {
    const line = new Line("/chat", this.#token, () => {
      if (line !== this.line) return;
      if (line.state === "refused") void this.#comeBack(line);
      this.#changed();
    });
    this.line = line;
    line.socket.on("token_expiring", () => {
      void this.enter().then((problem) => (problem === null ? line.renew(this.#token) : undefined));
    });
    this.#opened(line);
  }

  /** The token ran out while the line was down: a fresh one, and the line anew. */
  async #comeBack(line: Line): Promise<void> {
    line.close();
    const problem = await this.enter();
    if (line !== this.line || this.#isClosed) return;
    if (problem === null) this.#connect();
    else if (problem.status === 0 || problem.status >= 500) setTimeout(() => line === this.line && void this.#comeBack(line), COME_BACK_MS);
    this.#changed();
  }
}
