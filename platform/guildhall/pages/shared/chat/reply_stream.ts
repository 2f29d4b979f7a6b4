import type { DeltaTold, Entry, WritingShown } from "./told";

/**
 * An automatic message while it is being written, as this page knows it. Pieces say where they belong, and may be lost
 * with a connection: then the beginning is asked for. The message whole is an entry of the log, which ends this.
 */
export class ReplyStream {
  /** What may be shown of it; "" while nothing is being written. */
  text = "";
  #epoch = 0;
  #attempt = 0;
  /** The epoch up to which everything has been said. */
  #ended = 0;

  /** Whether a piece before this one is missing: ask for the message from its beginning. */
  take(delta: DeltaTold): boolean {
    if (!this.#begin(epochOf(delta.message), delta.attempt)) return false;
    // The server counts characters, JavaScript the halves of those beyond the basic plane.
    const characters = [...this.text];
    if (delta.offset > characters.length) return true;
    // Told from its beginning anew it may be shorter than what came meanwhile: nothing that was shown is taken back.
    const told = characters.slice(0, delta.offset).join("") + delta.text;
    if (told.length > this.text.length) this.text = told;
    return false;
  }

  /** What a page of entries says of it: it may be older than the pieces that came meanwhile. */
  catchUp(writing: WritingShown | null | undefined): void {
    if (writing == null || !this.#begin(epochOf(writing.message), writing.attempt)) return;
    if (writing.text.length > this.text.length) this.text = writing.text;
  }

  /** An entry of the log: it is the message, or somebody else has spoken or taken over. */
  hear(entry: Entry): void {
    if (entry.kind === "mark" || (entry.role !== "bot" && entry.epoch <= this.#epoch)) return;
    this.#ended = Math.max(this.#ended, entry.role === "bot" ? entry.epoch : entry.epoch - 1);
    if (this.#epoch <= this.#ended) this.text = "";
  }

  /** Whether a piece of this is still wanted; what is written anew begins empty. */
  #begin(epoch: number, attempt: number): boolean {
    if (epoch <= this.#ended || epoch < this.#epoch || (epoch === this.#epoch && attempt < this.#attempt)) return false;
    if (epoch > this.#epoch || attempt > this.#attempt) this.text = "";
    this.#epoch = epoch;
    this.#attempt = attempt;
    return true;
  }
}

/** A message that is being written is called after the epoch of the conversation that it answers in: `bot/7`. */
function epochOf(message: string): number {
  return Number(message.slice(message.lastIndexOf("/") + 1)) || 0;
}
