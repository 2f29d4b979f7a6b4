// The exam over HTTP, with the exam's own token: for networks without web sockets, closing tabs, pictures and files.
import type { Acted, AnswerGiven, AnswersTaken, AttemptShown, UploadedFile } from "../../shared/exam";
import type { Answer } from "../../shared/line";
import type { Problem } from "../../shared/messages";
import { NOT_REACHED, readProblem } from "../../shared/problems";
import { readClaims } from "../../shared/token";
import type { ExamPass } from "./exam_pass";

const PATIENCE_MS = 10_000;
const NAME_CHARACTERS_MAX = 200;

export class ExamHttp {
  readonly #pass: ExamPass;
  readonly #path: string;

  constructor(pass: ExamPass, attemptId: string) {
    this.#pass = pass;
    this.#path = `/v1/attempts/${encodeURIComponent(attemptId)}`;
  }

  read(): Promise<Answer<AttemptShown>> {
    return this.#ask("GET", "");
  }

  give(answers: readonly AnswerGiven[]): Promise<Answer<AnswersTaken>> {
    return this.#ask("POST", "/answers", { answers });
  }

  /** Sent while the page goes away; nobody will read what comes back. */
  giveAtUnload(answers: readonly AnswerGiven[]): void {
    const body = JSON.stringify({ answers });
    void fetch(`${this.#path}/answers`, { method: "POST", headers: this.#headers(true), body, keepalive: true }).catch(() => undefined);
  }

  /** What the exam's socket does, for networks that let no socket through. */
  act(action: string, body: object): Promise<Answer<Acted>> {
    return this.#ask("POST", `/${action.replaceAll("_", "-")}`, body);
  }

  receipt(): Promise<Answer<object>> {
    return this.#ask("GET", "/receipt");
  }

  /** A picture of a question as the browser can draw it; a file of an answer as it was put up. */
  readBlob(path: string): Promise<Answer<Blob>> {
    return this.#renewingOnce(async () => {
      const response = await fetch(`${this.#path}${path}`, { headers: this.#headers(false) });
      if (response.ok) return { reply: await response.blob() };
      return { problem: readProblem(response.status, await response.json().catch(() => null)) };
    });
  }

  /** XMLHttpRequest, because `fetch` does not tell how much of a body has left. */
  putFile(slotId: string, file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Answer<UploadedFile>> {
    return this.#renewingOnce(() => this.#putOnce(slotId, file, progress, signal));
  }

  #putOnce(slotId: string, file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Answer<UploadedFile>> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const query = `name=${encodeURIComponent(file.name.slice(0, NAME_CHARACTERS_MAX))}`;
      request.open("POST", `${this.#path}/slots/${encodeURIComponent(slotId)}/files?${query}`);
      for (const [name, value] of Object.entries(this.#headers(false))) request.setRequestHeader(name, value);
      request.setRequestHeader("content-type", file.type === "" ? "application/octet-stream" : file.type);
      request.upload.onprogress = (event) => progress(event.total === 0 ? 0 : event.loaded / event.total);
      request.onload = () => {
        const told = parse(request.responseText);
        if (request.status >= 300) return resolve({ problem: readProblem(request.status, told) });
        const { file_id, name, content_type, size_bytes, sha256 } = told as UploadedFile;
        return resolve({ reply: { file_id, name, content_type, size_bytes, sha256 } });
      };
      request.onerror = () => resolve({ problem: NOT_REACHED });
      request.onabort = () => resolve({ problem: GIVEN_UP });
      signal.addEventListener("abort", () => request.abort());
      request.send(file);
    });
  }

  #headers(json: boolean): Record<string, string> {
    const headers = { accept: "application/json", authorization: `Bearer ${this.#pass.examToken}`, "x-csrf-protection": "1" };
    return json ? { ...headers, "content-type": "application/json" } : headers;
  }

  #ask<T>(method: "GET" | "POST", path: string, body?: object): Promise<Answer<T>> {
    return this.#renewingOnce(async () => {
      const init: RequestInit = { method, headers: this.#headers(body !== undefined), cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
      if (body !== undefined) init.body = JSON.stringify(body);
      const response = await fetch(`${this.#path}${path}`, init);
      const told: unknown = await response.json().catch(() => null);
      return response.ok ? { reply: told as T } : { problem: readProblem(response.status, told) };
    });
  }

  /** Sends; where the pass has run out, a fresh one is asked for and it is sent again. */
  async #renewingOnce<T>(send: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const sendOnce = (): Promise<Answer<T>> => send().catch(() => ({ problem: NOT_REACHED }));
    const answer = await sendOnce();
    const isOver = "problem" in answer && answer.problem.status === 401;
    return isOver && (await this.#pass.renew()) ? sendOnce() : answer;
  }
}

export const GIVEN_UP: Problem = { type: "given-up", title: "Given up", status: 0, detail: "You stopped it." };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whose attempt a token opens; null for what is no token. */
export function attemptOf(token: string): string | null {
  const { attempt_id } = readClaims(token);
  return typeof attempt_id === "string" ? attempt_id : null;
}
