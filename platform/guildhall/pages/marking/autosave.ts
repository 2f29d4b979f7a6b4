// A draft on its way to the server: one request at a time, the newest draft next, and never a claim before its answer.
import type { Answer } from "../shared/line";
import type { Problem } from "../shared/messages";
import type { MarkSaved } from "../shared/results_told";
import type { Points } from "./giving";

export interface Draft {
  readonly points: Points;
  readonly comment: string;
}

export type Saving =
  | { readonly state: "clean"; readonly at_ms: number | null }
  | { readonly state: "saving" }
  | { readonly state: "failed"; readonly problem: Problem };

const WAIT_MS = 600;
const AGAIN_MS = 4_000;

export class Autosave {
  #rev: number;
  #waiting: Draft | null = null;
  #running: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failed: Problem | null = null;
  readonly #send: (draft: Draft, rev: number) => Promise<Answer<MarkSaved>>;
  readonly #told: (saving: Saving) => void;

  constructor(rev: number, send: (draft: Draft, rev: number) => Promise<Answer<MarkSaved>>, told: (saving: Saving) => void) {
    this.#rev = rev;
    this.#send = send;
    this.#told = told;
  }

  get rev(): number {
    return this.#rev;
  }

  /** Keep this draft; it goes out when the marker pauses for a moment. */
  change(draft: Draft): void {
    this.#waiting = draft;
    this.#told({ state: "saving" });
    this.#later(WAIT_MS);
  }

  /** Everything that was changed is stored when this is true. */
  async flush(): Promise<boolean> {
    this.#stop();
    while (this.#waiting !== null || this.#running !== null) {
      if (this.#running === null) this.#running = this.#save();
      await this.#running;
      if (this.#failed !== null) return false;
    }
    return true;
  }

  close(): void {
    this.#stop();
  }

  async #save(): Promise<void> {
    const draft = this.#waiting;
    this.#waiting = null;
    if (draft !== null) {
      const answer = await this.#send(draft, this.#rev);
      if ("reply" in answer) {
        this.#rev = answer.reply.rev;
        this.#failed = null;
        if (this.#waiting === null) this.#told({ state: "clean", at_ms: answer.reply.saved_at_ms });
      } else {
        this.#failed = answer.problem;
        this.#waiting ??= draft;
        this.#told({ state: "failed", problem: answer.problem });
        // What the server refuses for good is not sent again by itself: the marker is told why.
        if (answer.problem.status === 0 || answer.problem.status >= 500 || answer.problem.status === 429) this.#later(AGAIN_MS);
      }
    }
    this.#running = null;
  }

  #later(ms: number): void {
    this.#stop();
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
