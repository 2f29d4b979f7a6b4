import type { Api, Method } from "../shared/api";
import type { Answer } from "../shared/line";
import { NOT_REACHED, readProblem } from "../shared/problems";

/** The API as authors use it: also bytes, in and out, which the shared one does not carry. */
export class Desk {
  readonly api: Api;

  constructor(api: Api) {
    this.api = api;
  }

  ask<T>(method: Method, path: string, body?: object, rev?: number): Promise<Answer<T>> {
    return this.api.ask<T>(method, `/v1${path}`, body, rev);
  }

  /** Puts bytes up, once the pass is known to be good: renewing it is the shared API's business. */
  async put<T>(path: string, content: Blob, type: string): Promise<Answer<T>> {
    const answer = await this.#fetch("POST", path, content, type);
    if ("problem" in answer) return answer;
    return { reply: (await answer.reply.json()) as T };
  }

  async take(path: string): Promise<Answer<Blob>> {
    const answer = await this.#fetch("GET", path);
    return "problem" in answer ? answer : { reply: await answer.reply.blob() };
  }

  async #fetch(method: Method, path: string, content?: Blob, type?: string): Promise<Answer<Response>> {
    const known = await this.api.ask("GET", "/v1/accounts/me");
    if ("problem" in known) return known;
    const headers: Record<string, string> = { authorization: `Bearer ${this.api.vault.read()?.access_token ?? ""}` };
    if (type !== undefined) headers["content-type"] = type;
    try {
      const response = await fetch(`/v1${path}`, { method, headers, ...(content === undefined ? {} : { body: content }) });
      if (response.ok) return { reply: response };
      return { problem: readProblem(response.status, await response.json().catch(() => null)) };
    } catch {
      return { problem: NOT_REACHED };
    }
  }
}

/** Pictures of banks, where the exam's own views look for them: the first bank that has one shows it. */
export function picturesOf(desk: Desk, bankIds: readonly string[]): { readBlob(path: string): Promise<Answer<Blob>> } {
  return {
    readBlob: async (path) => {
      let answer: Answer<Blob> = { problem: NOT_REACHED };
      for (const bankId of bankIds) {
        answer = await desk.take(`/banks/${encodeURIComponent(bankId)}${path}`);
        if ("reply" in answer) return answer;
      }
      return answer;
    },
  };
}

export function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
