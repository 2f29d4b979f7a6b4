import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryKeeping } from "../../../../../platform/guildhall/pages/exam_room/outbox/keeping";
import { planSettle, planTake } from "../../../../../platform/guildhall/pages/exam_room/outbox/outbox";
import { calm, FakePage, FakeServer, INVALID, NO_ANSWER, written } from "./fakes";

test("an answer leaves the outbox with its receipt and with nothing else", async () => {
  const server = new FakeServer();
  server.weather.push("lost", "receipt_lost");
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k1", "q1", "Lovelace"));
  await calm();
  assert.equal(page.courier.waiting, 1);
  assert.equal(page.courier.reached, false);
  await page.passTime();
  assert.equal(page.courier.waiting, 1, "stored, but nobody has said so");
  await page.passTime();
  assert.equal(page.courier.waiting, 0);
  assert.equal(page.courier.reached, true);
  assert.deepEqual(server.log.map((each) => each.key), ["k1"], "three sendings, one answer");
});

test("a page that was reloaded in mid-flight sends the same answer under the same key", async () => {
  const server = new FakeServer();
  const browser = new MemoryKeeping();
  server.weather.push("receipt_lost");
  await new FakePage(browser, server).courier.write(written("k1", "q1", "Ada"));
  await calm();
  const reloaded = new FakePage(browser, server);
  await reloaded.courier.look();
  await calm();
  assert.deepEqual(server.batches, [["k1"], ["k1"]]);
  assert.equal(server.log.length, 1);
  assert.equal(reloaded.courier.waiting, 0);
});

test("an answer that takes an older one's place takes over for how long the question was looked at", async () => {
  const server = new FakeServer();
  const page = new FakePage(new MemoryKeeping(), server);
  server.weather.push("lost");
  await page.courier.write(written("k0", "q0", "on its way"));
  await calm();
  await page.courier.write(written("k1", "q1", "Ada", { spent_ms: 3000 }));
  await page.courier.write(written("k2", "q1", "Ada Lovelace", { spent_ms: 500 }));
  assert.deepEqual(page.courier.kept.map((each) => [each.key, each.spent_ms]), [["k0", 0], ["k2", 3500]]);
});

test("what was typed while nothing could be sent goes as its newest version only, in the order of writing", async () => {
  const server = new FakeServer();
  server.weather.push("lost");
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k1", "q1", "first"));
  await calm();
  await page.courier.write(written("k2", "q2", "a"));
  await page.courier.write(written("k3", "q3", "b"));
  await page.courier.write(written("k4", "q2", "ab"));
  await page.passTime();
  assert.deepEqual(server.batches, [["k1"], ["k1", "k3", "k4"]]);
  assert.equal(server.textOf("q2"), "ab");
});

test("an answer that was sent is never changed or replaced: the next one to its question follows it, in force", async () => {
  const server = new FakeServer();
  server.weather.push("receipt_lost");
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k1", "q1", "Lov"));
  await calm();
  await page.courier.write(written("k2", "q1", "Lovel"));
  await page.courier.write(written("k3", "q1", "Lovelace"));
  await page.passTime();
  assert.deepEqual(server.batches, [["k1"], ["k1", "k3"]]);
  assert.deepEqual(server.log.map(({ answer }) => answer.follows), [null, "k1"], "written over the first one, and says so");
  assert.equal(server.textOf("q1"), "Lovelace");
  assert.deepEqual(page.settled.map(({ outcome }) => "in_force" in outcome && outcome.in_force), [true, true]);
});

test("an answer that was replaced before it was sent leaves what it was written over to the one that replaced it", async () => {
  const server = new FakeServer();
  server.weather.push("receipt_lost");
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k0", "q1", "L"));
  await calm();
  await page.courier.write(written("k1", "q1", "Lo", { follows: "k0" }));
  await page.courier.write(written("k2", "q1", "Lov", { follows: "k1" }));
  await page.passTime();
  assert.deepEqual(server.log.map(({ key, answer }) => [key, answer.follows]), [["k0", null], ["k2", "k0"]]);
  assert.equal(server.textOf("q1"), "Lov");
});

test("a refused answer is kept and told, and does not hold up the others", async () => {
  const server = new FakeServer();
  server.refusing = ({ slot_id }) => (slot_id === "q1" ? INVALID : null);
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k1", "q1", "no number"));
  await page.courier.write(written("k2", "q2", "fine"));
  await calm();
  assert.equal(page.courier.waiting, 0);
  assert.deepEqual(page.courier.kept.map(({ key, stage, problem }) => [key, stage, problem?.type]), [["k1", "refused", "invalid"]]);
  assert.equal(server.textOf("q2"), "fine");
});

test("one answer that the server cannot read does not hold up the batch: it is found by sending one at a time", async () => {
  const server = new FakeServer();
  server.weather.push("lost", INVALID, INVALID);
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k1", "q1", "poison"));
  await page.courier.write(written("k2", "q2", "fine"));
  await calm();
  await page.passTime();
  assert.deepEqual(server.batches, [["k1"], ["k1", "k2"], ["k1"], ["k2"]]);
  assert.deepEqual(page.courier.kept.map(({ key, stage }) => [key, stage]), [["k1", "refused"]]);
});

test("an answer that does not fit is kept over a reload, never sent, and gives way to one that fits", async () => {
  const server = new FakeServer();
  const browser = new MemoryKeeping();
  await new FakePage(browser, server).courier.write(written("k1", "q1", "far too long"), INVALID);
  const reloaded = new FakePage(browser, server);
  await reloaded.courier.look();
  await calm();
  assert.equal(server.batches.length, 0);
  assert.deepEqual(reloaded.courier.kept.map((each) => each.response), [{ kind: "written", text: "far too long" }]);
  await reloaded.courier.write(written("k2", "q1", "short"));
  await calm();
  assert.equal(server.textOf("q1"), "short");
  assert.deepEqual(reloaded.courier.kept, []);
});

test("an answer over which another device has written is receipted, out of force, with the other one beside it", async () => {
  const server = new FakeServer();
  const laptop = new FakePage(new MemoryKeeping(), server);
  const phone = new FakePage(new MemoryKeeping(), server);
  await phone.courier.write(written("p1", "q1", "from the phone"));
  await calm();
  await laptop.courier.write(written("l1", "q1", "from the laptop"));
  await calm();
  const [outcome] = laptop.settled.map((each) => each.outcome);
  assert.ok(outcome !== undefined && "instead" in outcome && !outcome.in_force);
  assert.deepEqual(outcome.instead?.response, { kind: "written", text: "from the phone" });
  assert.equal(laptop.courier.waiting, 0, "it is stored: nothing is lost by it");
  await laptop.courier.write(written("l2", "q1", "from the laptop", { based_on: outcome.instead?.number ?? 0 }));
  await calm();
  assert.equal(server.textOf("q1"), "from the laptop");
});

test("a late receipt for an answer that has gone changes nothing", () => {
  const { result: batch } = planTake([{ ...written("k1", "q1", "Ada"), place: 1, stage: "unsent", problem: null }]);
  const receipt = { key: "k1", number: 1, hash: "h1", at_ms: 5001, in_force: true, instead: null, is_late: false };
  assert.deepEqual(planSettle([], batch, [receipt]), {
    put: [],
    remove: [],
    result: [{ answer: batch[0], outcome: receipt }],
  });
  assert.deepEqual(planSettle(batch, [], [receipt]), { put: [], remove: [], result: [] });
});

test("two tabs that share the outbox double nothing, and the one that was taken over sends nothing", async () => {
  const server = new FakeServer();
  const browser = new MemoryKeeping();
  const first = new FakePage(browser, server);
  const second = new FakePage(browser, server);
  first.courier.stop();
  await first.courier.write(written("k1", "q1", "typed as the other tab opened"));
  await calm();
  assert.equal(server.batches.length, 0);
  await second.courier.look();
  await calm();
  assert.equal(server.textOf("q1"), "typed as the other tab opened");
  first.courier.wake();
  await calm();
  assert.equal(server.log.length, 1);
});

test("while the server will not take answers nothing is lost, and a new line sends them", async () => {
  const server = new FakeServer();
  server.weather.push({ ...NO_ANSWER, type: "unauthenticated", status: 401 });
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k1", "q1", "kept"));
  await calm();
  assert.equal(page.courier.halted?.type, "unauthenticated");
  assert.equal(page.courier.waiting, 1);
  page.courier.wake();
  await calm();
  assert.equal(server.textOf("q1"), "kept");
});

test("drained resolves when the last answer is receipted, not before", async () => {
  const server = new FakeServer();
  server.weather.push("lost", "receipt_lost");
  const page = new FakePage(new MemoryKeeping(), server);
  await page.courier.write(written("k1", "q1", "last words"));
  await calm();
  let drained = false;
  void page.courier.drained().then(() => (drained = true));
  await calm();
  assert.equal(drained, false);
  await page.passTime();
  assert.equal(drained, true);
  assert.equal(page.courier.waiting, 0);
});

test("what a closing tab left is taken in once, and not over something newer", async () => {
  const server = new FakeServer();
  const page = new FakePage(new MemoryKeeping(), server);
  server.weather.push("lost");
  await page.courier.write(written("k2", "q1", "newer", { client_at_ms: 2000 }));
  const left = [written("k1", "q1", "older"), written("k3", "q2", "unsent")];
  await page.courier.absorb(left);
  await page.courier.absorb(left);
  assert.deepEqual(page.courier.kept.map((each) => each.key), ["k2", "k3"]);
});
