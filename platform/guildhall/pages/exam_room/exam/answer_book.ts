// Every answer of the attempt as this page knows it: what is stored, what waits, what is being typed, what collides.
// Pure but for being changed in place; the desk feeds it.
import type { AnswerGiven, AnswerShown, Response, Receipted } from "../../shared/exam";
import type { Problem } from "../../shared/messages";
import { isReceipt, newestBySlot, type Kept, type Settled } from "../outbox/outbox";
import { isAnswered, isSame } from "./responses";

/** Of one slot: nothing yet; only in this page; on the way; receipted; never storable as it is; asked about. */
export type Safety = "none" | "typing" | "waiting" | "saved" | "refused" | "conflict";

export interface Standing {
  readonly response: Response | null;
  readonly flagged: boolean;
  readonly safety: Safety;
  /** Of the receipt of what is shown, or of the last one before it. */
  readonly savedAtMs: number | null;
  readonly problem: Problem | null;
}

/** Two answers to one question, of which the candidate has to choose. */
export interface Collision {
  readonly mine: AnswerGiven;
  readonly theirs: AnswerShown;
}

interface Draft {
  readonly response: Response | null;
  readonly flagged: boolean;
  /** The number of the answer that was shown when this one was begun. */
  readonly basedOn: number;
  readonly isKept: boolean;
}

export class AnswerBook {
  readonly #stored = new Map<string, AnswerShown>();
  readonly #drafts = new Map<string, Draft>();
  readonly collisions = new Map<string, Collision>();
  /** Receipts that came after the end: kept apart by the server. */
  readonly late = new Map<string, Receipted>();
  #waiting: ReadonlyMap<string, Kept> = new Map();
  /** By slot, what this page wrote last: the next answer is written over it, whether its receipt is here or not. */
  readonly #written = new Map<string, string>();

  /** What the server says is stored; it may have been told before receipts that are here already. */
  adopt(answers: readonly AnswerShown[]): void {
    for (const answer of answers) this.#store(answer);
  }

  /** What is known to be stored, of every slot. */
  get stored(): readonly AnswerShown[] {
    return [...this.#stored.values()];
  }

  /** What the outbox keeps now. A draft that has got there needs no place of its own. */
  waits(kept: readonly Kept[]): void {
    this.#waiting = newestBySlot(kept);
  }

  of(slotId: string): Standing {
    const stored = this.#stored.get(slotId);
    const waiting = this.#waiting.get(slotId);
    const draft = this.#drafts.get(slotId);
    const shown = draft ?? waiting ?? stored;
    const savedAtMs = stored?.at_ms ?? null;
    if (shown === undefined) return { response: null, flagged: false, safety: "none", savedAtMs: null, problem: null };
    return {
      response: shown.response,
      flagged: shown.flagged,
      safety: this.#safetyOf(slotId, draft, waiting),
      savedAtMs,
      problem: draft === undefined ? (waiting?.problem ?? null) : null,
    };
  }

  /** Somebody types, chooses or flags. */
  write(slotId: string, response: Response | null, flagged: boolean): void {
    const before = this.#drafts.get(slotId);
    const basedOn = before?.basedOn ?? this.#stored.get(slotId)?.number ?? 0;
    this.#drafts.set(slotId, { response, flagged, basedOn, isKept: false });
  }

  /** What was written and is not in the outbox yet, as it goes there; the slots, or all. */
  take(
    slotIds: readonly string[] | null,
    makeKey: () => string,
    nowMs: number,
    spentMs: (slotId: string) => number = () => 0,
  ): readonly AnswerGiven[] {
    const taken: AnswerGiven[] = [];
    for (const [slot_id, draft] of this.#drafts) {
      if (draft.isKept || (slotIds !== null && !slotIds.includes(slot_id))) continue;
      const { response, flagged, basedOn } = draft;
      const key = makeKey();
      const follows = this.#written.get(slot_id) ?? this.#waiting.get(slot_id)?.key ?? null;
      taken.push({ key, slot_id, response, flagged, based_on: basedOn, follows, client_at_ms: nowMs, spent_ms: spentMs(slot_id) });
      this.#written.set(slot_id, key);
      this.#drafts.set(slot_id, { ...draft, isKept: true });
    }
    return taken;
  }

  /** The outbox has it: from here on its copy is what is shown, unless something was typed since. */
  kept(slotId: string): void {
    if (this.#drafts.get(slotId)?.isKept === true) this.#drafts.delete(slotId);
  }

  settle(outcomes: readonly Settled[]): void {
    for (const { answer, outcome } of outcomes) {
      if (!isReceipt(outcome)) continue;
      if (outcome.is_late) this.late.set(answer.slot_id, outcome);
      else if (outcome.in_force) this.#settleInForce(answer, outcome);
      else if (outcome.instead !== null) this.#settleCollision(answer, outcome.instead);
    }
  }

  /** The candidate chose their own: it is written again, over the other one. */
  useMine(slotId: string): void {
    const collision = this.collisions.get(slotId);
    if (collision === undefined) return;
    this.collisions.delete(slotId);
    const { response, flagged } = this.#drafts.get(slotId) ?? this.#waiting.get(slotId) ?? collision.mine;
    this.#drafts.delete(slotId);
    this.write(slotId, response, flagged);
  }

  keepOther(slotId: string): void {
    this.collisions.delete(slotId);
    this.#drafts.delete(slotId);
  }

  get isTyping(): boolean {
    return [...this.#drafts.values()].some((draft) => !draft.isKept);
  }

  /** Slots whose newest answer is in this page only: being typed, or not in the outbox yet. */
  get drafted(): readonly string[] {
    return [...this.#drafts.keys()];
  }

  isAnswered(slotId: string): boolean {
    return isAnswered(this.of(slotId).response);
  }

  #safetyOf(slotId: string, draft: Draft | undefined, waiting: Kept | undefined): Safety {
    if (this.collisions.has(slotId)) return "conflict";
    if (draft !== undefined) return draft.isKept ? "waiting" : "typing";
    if (waiting === undefined) return "saved";
    return waiting.stage === "refused" ? "refused" : "waiting";
  }

  #settleInForce(answer: AnswerGiven, receipt: Receipted): void {
    const { slot_id, response, flagged } = answer;
    const { number, hash, at_ms } = receipt;
    this.#store({ slot_id, response, flagged, number, hash, at_ms });
    const draft = this.#drafts.get(slot_id);
    // Typed on over this page's own answer.
    if (draft !== undefined && draft.basedOn < number) this.#drafts.set(slot_id, { ...draft, basedOn: number });
  }

  #settleCollision(mine: AnswerGiven, theirs: AnswerShown): void {
    this.#store(theirs);
    if (isSame(mine.response, theirs.response)) return;
    this.collisions.set(mine.slot_id, { mine, theirs });
  }

  #store(answer: AnswerShown): void {
    const before = this.#stored.get(answer.slot_id);
    if (before === undefined || before.number <= answer.number) this.#stored.set(answer.slot_id, answer);
  }
}
