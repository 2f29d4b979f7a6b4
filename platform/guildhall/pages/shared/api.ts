import type { SessionOpened } from "./accounts";
import type { Answer } from "./line";
import type { Problem } from "./messages";
import { NOT_REACHED, readProblem } from "./problems";
import type { Vault } from "./vault";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Headers = Readonly<Record<string, string>>;
type Send = (path: string, init: RequestInit) => Promise<Response>;

/** What only a page can do for its API; a test puts something small in its place. */
export interface Host {
  /** The pass is over and cannot be renewed: the person has to sign in again. */
  signedOut(): void;
  /** The cookie belongs to somebody else now, who signed in in another tab: what is shown must not stay. */
  changedHands(): void;
  /** Asks the person to prove that it is them; whether they did. */
  prove(api: Api, problem: Problem): Promise<boolean>;
}

const ANYTHING = "*/*";
/** Any value will do: no page of another origin can send this header without being asked first. See kit/http/cors. */
const CSRF_HEADER = "x-csrf-protection";
const SIGNED_OUT: Problem = {
  type: "signed-out",
  title: "Signed out",
  status: 401,
  detail: "You are signed out. Sign in again to go on.",
};
const WANTS_PROOF: ReadonlySet<string> = new Set(["step-up-required", "mfa-required"]);

/**
 * The HTTP API below `/v1`, as one page uses it. Every question gets an `Answer`; nothing here throws. A pass that has
 * run out is renewed once and the request sent again; a request that wants fresh proof asks for it and is sent again.
 */
export class Api {
  readonly vault: Vault;
  readonly #host: Host;
  readonly #send: Send;
  #renewing: Promise<Answer<SessionOpened>> | null = null;

  constructor(vault: Vault, host: Host, send: Send = (path, init) => fetch(path, init)) {
    this.vault = vault;
    this.#host = host;
    this.#send = send;
  }

  /**
   * Asks as whoever is signed in; with `rev`, changes only that revision of what is named (If-Match). A file
   * goes as bytes. With `key` the same request sent again is done once (Idempotency-Key).
   */
  ask<T>(method: Method, path: string, body?: object, rev?: number, key?: string): Promise<Answer<T>> {
    const more: Record<string, string> = rev === undefined ? {} : { "if-match": `"${rev}"` };
    if (key !== undefined) more["idempotency-key"] = key;
    return this.#askSignedIn<T>(method, path, body, more);
  }

  /** A table or a file, as whoever is signed in. */
  askBlob(path: string): Promise<Answer<Blob>> {
    return this.#askSignedIn<Blob>("GET", path, undefined, { accept: ANYTHING });
  }

  async #askSignedIn<T>(method: Method, path: string, body: object | undefined, more: Headers): Promise<Answer<T>> {
    if (this.vault.read() === null) {
      const renewed = await this.renew();
      if ("problem" in renewed) return this.#end(renewed.problem);
    }
    let answer = await this.#askOnce<T>(method, path, body, more);
    if ("problem" in answer && endsPass(answer.problem)) {
      const before = this.vault.read()?.account_id;
      const renewed = await this.renew();
      if ("problem" in renewed) return this.#end(renewed.problem);
      if (renewed.reply.account_id !== before) {
        this.#host.changedHands();
        return { problem: SIGNED_OUT };
      }
      answer = await this.#askOnce<T>(method, path, body, more);
    }
    if ("problem" in answer && WANTS_PROOF.has(answer.problem.type) && (await this.#host.prove(this, answer.problem))) {
      answer = await this.#askOnce<T>(method, path, body, more);
    }
    return answer;
  }

  /** Asks as nobody: what strangers may do, and the steps of signing in. Cookies travel all the same. */
  askAnyone<T>(method: Method, path: string, body?: object): Promise<Answer<T>> {
    return this.#exchange<T>(method, path, body, null, {});
  }

  /** A new pass through the cookie; those who ask meanwhile share one exchange. */
  renew(): Promise<Answer<SessionOpened>> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(): Promise<Answer<SessionOpened>> {
    const answer = await this.askAnyone<SessionOpened>("POST", "/v1/auth/refresh", {});
    if ("reply" in answer) this.vault.keep(answer.reply);
    return answer;
  }

  /** Only a refusal ends the pass: a server that is away or busy says nothing about it. */
  #end(problem: Problem): { problem: Problem } {
    if (problem.status !== 401) return { problem };
    this.vault.forget();
    this.#host.signedOut();
    return { problem: problem.type === "reuse-detected" ? problem : SIGNED_OUT };
  }

  #askOnce<T>(method: Method, path: string, body: object | undefined, more: Headers): Promise<Answer<T>> {
    return this.#exchange<T>(method, path, body, this.vault.read()?.access_token ?? null, more);
  }

  async #exchange<T>(
    method: Method,
    path: string,
    body: object | undefined,
    token: string | null,
    more: Headers,
  ): Promise<Answer<T>> {
    const headers: Record<string, string> = { accept: "application/json", ...more, [CSRF_HEADER]: "1" };
    const isFile = body instanceof Blob;
    if (body !== undefined) headers["content-type"] = isFile ? body.type || "application/octet-stream" : "application/json";
    if (token !== null) headers.authorization = `Bearer ${token}`;
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (body !== undefined) init.body = isFile ? body : JSON.stringify(body);
    try {
      const response = await this.#send(path, init);
      if (response.ok && headers.accept === ANYTHING) return { reply: (await response.blob()) as T };
      const told: unknown = await response.json().catch(() => null);
      return response.ok ? { reply: told as T } : { problem: readProblem(response.status, told) };
    } catch {
      return { problem: NOT_REACHED };
    }
  }
}

/** 401 also answers a wrong password or code (types of their own), and those say nothing about the pass. */
function endsPass(problem: Problem): boolean {
  return problem.status === 401 && (problem.type === "token-expired" || problem.type === "unauthenticated");
}
