// A server that stores answers as the real one does, on a line that can be cut at any point.
import type { AnswerGiven, AnswersTaken, AnswerShown, Outcome } from "../../../../../platform/guildhall/pages/shared/exam";
import type { Answer } from "../../../../../platform/guildhall/pages/shared/line";
import type { Problem } from "../../../../../platform/guildhall/pages/shared/messages";
import { Courier } from "../../../../../platform/guildhall/pages/exam_room/outbox/courier";
import type { Keeping } from "../../../../../platform/guildhall/pages/exam_room/outbox/keeping";
import type { Settled } from "../../../../../platform/guildhall/pages/exam_room/outbox/outbox";

export const NO_ANSWER: Problem = { type: "no-answer", title: "No answer", status: 0, detail: "Silence." };
export const INVALID: Problem = { type: "invalid", title: "Invalid", status: 422, detail: "It does not fit its question." };

export function written(key: string, slot_id: string, text: string, more: Partial<AnswerGiven> = {}): AnswerGiven {
  return { key, slot_id, response: { kind: "written", text }, flagged: false, based_on: 0, follows: null, client_at_ms: 1000, spent_ms: 0, ...more };
}

/** Stores by key, numbers what it stores, and finds an answer out of force that was not written over the one in force. */
export class FakeServer {
  readonly log: { key: string; answer: AnswerGiven; outcome: Outcome }[] = [];
  readonly batches: (readonly string[])[] = [];
  /** What happens to the next requests: taken, lost on the way there, or taken with the receipt lost on the way back. */
  readonly weather: ("taken" | "lost" | "receipt_lost" | Problem)[] = [];
  refusing: (answer: AnswerGiven) => Problem | null = () => null;

  readonly send = (answers: readonly AnswerGiven[]): Promise<Answer<AnswersTaken>> => {
    this.batches.push(answers.map((each) => each.key));
    const weather = this.weather.shift() ?? "taken";
    if (weather === "lost") return Promise.resolve({ problem: NO_ANSWER });
    if (typeof weather === "object") return Promise.resolve({ problem: weather });
    const outcomes = answers.map((each) => this.#store(each));
    const lost = weather === "receipt_lost";
    return Promise.resolve(lost ? { problem: NO_ANSWER } : { reply: { outcomes, server_time_ms: 5000 } });
  };

  inForce(slotId: string): AnswerShown | null {
    const entry = this.log.findLast((each) => each.answer.slot_id === slotId && "number" in each.outcome && each.outcome.in_force);
    if (entry === undefined || !("number" in entry.outcome)) return null;
    const { number, hash, at_ms } = entry.outcome;
    return { slot_id: slotId, response: entry.answer.response, flagged: entry.answer.flagged, number, hash, at_ms };
  }

  textOf(slotId: string): string | null {
    const response = this.inForce(slotId)?.response;
    return response?.kind === "written" ? response.text : null;
  }

  #store(answer: AnswerGiven): Outcome {
    const before = this.log.find((each) => each.key === answer.key);
    if (before !== undefined) return before.outcome;
    const problem = this.refusing(answer);
    if (problem !== null) return { key: answer.key, problem };
    const standing = this.inForce(answer.slot_id);
    const over = this.log.find((each) => each.key === answer.follows)?.outcome;
    const follows = over !== undefined && "number" in over ? over.number : null;
    const in_force = standing === null || standing.number === answer.based_on || standing.number === follows;
    const number = this.log.length + 1;
    const receipt = { key: answer.key, number, hash: `h${number}`, at_ms: 5000 + number, in_force, is_late: false };
    const outcome: Outcome = { ...receipt, instead: in_force ? null : standing };
    this.log.push({ key: answer.key, answer, outcome });
    return outcome;
  }
}

/** A page: its courier, what it was told, and a clock that is turned by hand. */
export class FakePage {
  readonly courier: Courier;
  readonly settled: Settled[] = [];
  #sleepers: (() => void)[] = [];

  constructor(keeping: Keeping, server: FakeServer) {
    this.courier = new Courier(keeping, server.send, {
      changed: () => undefined,
      settled: (outcomes) => this.settled.push(...outcomes),
      sleep: () => new Promise((resolve) => this.#sleepers.push(resolve)),
    });
  }

  /** The waiting time is over. */
  async passTime(): Promise<void> {
    for (const wake of this.#sleepers.splice(0)) wake();
    await calm();
  }
}

/** Until everything that needs no time has happened. */
export async function calm(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
