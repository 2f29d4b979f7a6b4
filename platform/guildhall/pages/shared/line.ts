import { io, type Socket } from "socket.io-client";
import type { Problem } from "./messages";

export type LineState = "connecting" | "connected" | "reconnecting" | "offline" | "taken_over" | "refused";

export type Answer<T> = { readonly reply: T } | { readonly problem: Problem };

const NO_ANSWER: Problem = {
  type: "no-answer",
  title: "No answer",
  status: 0,
  detail: "The server did not answer in time.",
};
const RETRY_MS = 1500;

/**
 * One page's connection to its namespace: what state it is in, and questions that always get an `Answer`.
 * The library reconnects after a lost network; this adds what it leaves out: a server that closes the connection, a
 * refused token (final), a refusal for now (tried again), and a session that went on elsewhere. It begins with a
 * websocket; where none can be opened, or one hangs, it polls.
 */
export class Line {
  readonly socket: Socket;
  state: LineState = "connecting";
  /** Why the server refused, when `state` is "refused". */
  refusal: Problem | null = null;
  readonly #changed: () => void;
  #token: string;
  #isClosed = false;
  #retry: number | undefined;
  /** Which page this is, however often it connects: the server tells a page that comes back from one that is new. */
  readonly #page = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  /** It had its place: reconnecting does not take it from a newer page, only a person does, by `resume`. */
  #hadPlace = false;
  #transports: ("websocket" | "polling")[] = ["websocket", "polling"];

  constructor(namespace: string, token: string, changed: () => void) {
    this.#changed = changed;
    this.#token = token;
    this.socket = io(namespace, {
      path: "/socket.io/",
      transports: this.#transports,
      tryAllTransports: true,
      auth: (give) => give({ token: this.#token, page: this.#page, returning: this.#hadPlace }),
      reconnectionDelay: 500,
      reconnectionDelayMax: 5000,
    });
    this.socket.on("connect", () => this.#become("connected"));
    this.socket.on("disconnect", (reason) => {
      if (this.state === "taken_over" || reason === "io client disconnect") return;
      this.#become(navigator.onLine ? "reconnecting" : "offline");
      if (reason === "io server disconnect") this.#retryLater();
    });
    this.socket.on("connect_error", (error) => this.#failed(error));
    this.socket.onAny((event: string) => {
      if (event !== "taken_over") this.#hadPlace = true;
    });
    this.socket.on("taken_over", () => {
      this.#become("taken_over");
      this.socket.disconnect();
    });
    addEventListener("online", () => this.state === "offline" && this.#become("reconnecting"));
    addEventListener("offline", () => this.state === "reconnecting" && this.#become("offline"));
  }

  /** Sends and waits for the acknowledgement; silence is a problem too, so nothing here ever throws. */
  async ask<T>(event: string, body: object, { timeoutMs = 8000, volatile = false } = {}): Promise<Answer<T>> {
    // While disconnected the library would keep the event and send it, stale, after the reconnect.
    if (!this.socket.connected) return { problem: NO_ANSWER };
    const socket = volatile ? this.socket.volatile : this.socket;
    try {
      const answer: T | { problem: Problem } = await socket.timeout(timeoutMs).emitWithAck(event, body);
      return isProblem(answer) ? answer : { reply: answer };
    } catch {
      return { problem: NO_ANSWER };
    }
  }

  /** Goes on with a fresh token: without a break where it is of the same sign-in, else by connecting anew. */
  async renew(token: string): Promise<void> {
    this.#token = token;
    if (this.#isClosed || this.state === "taken_over") return;
    if (this.socket.connected) {
      const answer = await this.ask("renew_token", { token });
      if (!("problem" in answer) || answer.problem.status === 0) return;
      this.socket.disconnect();
    }
    this.refusal = null;
    if (this.state === "connected" || this.state === "refused") this.#become("reconnecting");
    this.socket.connect();
  }

  /** Takes the session back from the tab or device that took it over. */
  resume(): void {
    this.#hadPlace = false;
    this.#become("connecting");
    this.socket.connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.socket.disconnect();
  }

  #failed(error: Error & { data?: unknown }): void {
    if (this.socket.active) {
      // A websocket that hangs is no error of its own: the next attempt begins with the other one.
      this.socket.io.opts.transports = this.#transports = [...this.#transports].reverse();
      this.#become(navigator.onLine ? "reconnecting" : "offline");
      return;
    }
    const problem = isProblem(error.data) ? error.data.problem : problemOf(error);
    if (problem.status >= 500 || problem.status === 429) {
      this.#become("reconnecting");
      this.#retryLater();
    } else {
      this.refusal = problem;
      this.#become("refused");
    }
  }

  #retryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = window.setTimeout(() => this.socket.connect(), RETRY_MS);
  }

  #become(state: LineState): void {
    if (this.state === state) return;
    this.state = state;
    this.#changed();
  }
}

function isProblem(answer: unknown): answer is { problem: Problem } {
  return typeof answer === "object" && answer !== null && "problem" in answer;
}

/** A refused handshake carries its problem bare in `data`; anything else gets its message as the sentence. */
function problemOf(error: Error & { data?: unknown }): Problem {
  const told = error.data as Partial<Problem> | undefined;
  return {
    type: told?.type ?? "refused",
    title: told?.title ?? "Refused",
    status: told?.status ?? 403,
    detail: told?.detail ?? error.message,
  };
}
