import assert from "node:assert/strict";
import { test } from "node:test";
import { AT_ONCE_MAX, ClaimOutbox, WAITING_MAX, type Claim } from "../../../../platform/guildhall/pages/exam_room/claims/claim_outbox";
import { Stretch } from "../../../../platform/guildhall/pages/exam_room/claims/collector";
import { measureLine } from "../../../../platform/guildhall/pages/exam_room/arriving/measuring";

function aStorage(): Pick<Storage, "getItem" | "setItem"> {
  const kept = new Map<string, string>();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => void kept.set(name, text) };
}

const COPIED: Omit<Claim, "key"> = { kind: "copied", phase: "once", client_at_ms: 1000, lasted_ms: null, detail: "" };

test("claims wait through a reload, in order and under the same keys", () => {
  const storage = aStorage();
  const before = new ClaimOutbox("sit_1", storage, "a");
  before.add(COPIED);
  before.add({ ...COPIED, kind: "pasted" });
  const after = new ClaimOutbox("sit_1", storage, "b");
  after.add({ ...COPIED, kind: "printed" });
  assert.deepEqual(after.batch().map((claim) => [claim.key, claim.kind]), [["a-1", "copied"], ["a-2", "pasted"], ["b-3", "printed"]]);
});

test("what was receipted leaves, and its number is never used again", () => {
  const outbox = new ClaimOutbox("sit_1", aStorage(), "a");
  outbox.add(COPIED);
  outbox.settle(["a-1"]);
  outbox.add(COPIED);
  assert.deepEqual(outbox.batch().map((claim) => claim.key), ["a-2"]);
});

test("claims of another session do not mix in", () => {
  const storage = aStorage();
  new ClaimOutbox("sit_1", storage, "a").add(COPIED);
  assert.equal(new ClaimOutbox("sit_2", storage, "a").batch().length, 0);
});

test("what waits is bounded, and a batch is no larger than the server takes", () => {
  const outbox = new ClaimOutbox("sit_1", aStorage(), "a");
  for (let each = 0; each < WAITING_MAX; each += 1) assert.equal(outbox.add(COPIED), true);
  assert.equal(outbox.add(COPIED), false);
  assert.equal(outbox.batch().length, AT_ONCE_MAX);
});

test("a browser that keeps nothing still sends what this tab noticed", () => {
  const full: Pick<Storage, "getItem" | "setItem"> = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  const outbox = new ClaimOutbox("sit_1", full, "a");
  outbox.add(COPIED);
  outbox.add(COPIED);
  assert.equal(outbox.batch().length, 2);
});

test("a stretch is said when it has lasted, and again with its length when it is over", async () => {
  const told: Omit<Claim, "key">[] = [];
  const stretch = new Stretch("tab_hidden", 20, (claim) => told.push(claim));
  stretch.is(true, 1000);
  stretch.is(true, 1010);
  await new Promise((resolve) => setTimeout(resolve, 60));
  stretch.is(false, 5000);
  assert.deepEqual(told.map((each) => [each.phase, each.client_at_ms, each.lasted_ms]), [["began", 1000, null], ["ended", 5000, 4000]]);
});

test("a glance that was too short is not said at all", () => {
  const told: unknown[] = [];
  const stretch = new Stretch("focus_lost", 1000, (claim) => told.push(claim));
  stretch.is(true, 1000);
  stretch.is(false, 1400);
  assert.deepEqual(told, []);
});

test("the line's speed is that of its best probe, and no answer is no speed", async () => {
  const times = [0, 100, 200, 240, 300, 500];
  const answered = await measureLine({ ask: () => Promise.resolve({ reply: { server_time_ms: Date.now() } as never }) }, () => times.shift() ?? 0);
  assert.equal(answered.upload_kbit_s, (60_000 * 8) / 40);
  const problem = { type: "no-answer", title: "", status: 0, detail: "" };
  assert.deepEqual(await measureLine({ ask: () => Promise.resolve({ problem }) }), { upload_kbit_s: null, clock_offset_ms: null });
});
