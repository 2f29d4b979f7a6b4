import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../../../../platform/guildhall/pages/shared/line";
import { MemoryOutbox, newClientId, type Outgoing } from "../../../../../platform/guildhall/pages/shared/chat/outbox";
import { Sender } from "../../../../../platform/guildhall/pages/shared/chat/sender";
import type { Taken } from "../../../../../platform/guildhall/pages/shared/chat/told";

const problem = (status: number): Answer<Taken> => ({ problem: { type: "x", title: "x", status, detail: "No." } });

/** A server that stores by client id; `answers` are what it says before it says yes. */
class Stage {
  readonly outbox = new MemoryOutbox();
  readonly stored: string[] = [];
  readonly texts: string[] = [];
  readonly answers: Answer<Taken>[] = [];
  asked = 0;
  inFlight = 0;
  most = 0;

  sender(): Sender {
    const send = async (outgoing: Outgoing): Promise<Answer<Taken>> => {
      this.asked += 1;
      this.most = Math.max(this.most, (this.inFlight += 1));
      await Promise.resolve();
      this.inFlight -= 1;
      const lost = this.answers.shift();
      if (lost !== undefined && "problem" in lost && lost.problem.status >= 400 && lost.problem.status < 500) return lost;
      if (!this.stored.includes(outgoing.client_id)) {
        this.stored.push(outgoing.client_id);
        this.texts.push(outgoing.text);
      }
      return lost ?? { reply: { number: this.stored.indexOf(outgoing.client_id) + 1, at_ms: 0 } };
    };
    return new Sender(this.outbox, "cnv_1", send, { changed: () => undefined, sleep: () => Promise.resolve() });
  }
}

async function settle(sender: Sender): Promise<void> {
  for (let turn = 0; turn < 200 && sender.waiting.some((each) => each.refused === null); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("messages are stored in the order of writing, one in flight", async () => {
  const stage = new Stage();
  const sender = stage.sender();
  await Promise.all(["a", "b", "c"].map((text) => sender.write(text)));
  await settle(sender);
  assert.deepEqual(stage.texts, ["a", "b", "c"]);
  assert.equal(stage.most, 1);
  assert.equal(sender.waiting.length, 0);
});

test("an answer that is lost is asked for again under the same id: nothing is stored twice", async () => {
  const stage = new Stage();
  stage.answers.push(problem(0), problem(503), problem(0));
  const sender = stage.sender();
  await sender.write("a");
  await sender.write("b");
  await settle(sender);
  assert.deepEqual(stage.texts, ["a", "b"]);
  assert.equal(stage.asked, 5);
});

test("what is kept is sent by the page that opens next", async () => {
  const stage = new Stage();
  const closed = stage.sender();
  closed.stop();
  await closed.write("a");
  assert.deepEqual(stage.texts, []);
  const opened = stage.sender();
  await opened.look();
  await settle(opened);
  assert.deepEqual(stage.texts, ["a"]);
});

test("a refusal keeps the words and lets the next message pass", async () => {
  const stage = new Stage();
  stage.answers.push(problem(409));
  const sender = stage.sender();
  const first = await sender.write("a");
  await sender.write("b");
  await settle(sender);
  assert.deepEqual(stage.texts, ["b"]);
  assert.deepEqual(sender.waiting.map((each) => [each.text, each.refused]), [["a", "No."]]);
  await sender.discard(first.client_id);
  assert.equal(sender.waiting.length, 0);
});

test("ids are UUIDv7 and sort by when they were made", () => {
  const ids = [1, 1_000, 1_700_000_000_000].map((at) => newClientId(at));
  assert.deepEqual(ids, ids.toSorted());
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
