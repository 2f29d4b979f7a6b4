import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BestKeeping,
  LocalKeeping,
  MemoryKeeping,
  sayKeeping,
  type Keeping,
  type KeptWhere,
  type Plan,
} from "../../../../../platform/guildhall/pages/exam_room/outbox/keeping";
import { planTake, planWrite, type Kept } from "../../../../../platform/guildhall/pages/exam_room/outbox/outbox";
import { fitKeepalive } from "../../../../../platform/guildhall/pages/exam_room/outbox/last_words";
import { written } from "./fakes";

/** Works until it is told that the disk is full. */
class Failing implements Keeping {
  readonly #within = new MemoryKeeping();
  full = false;

  change<T>(plan: Plan<T>): Promise<T> {
    return this.full ? Promise.reject(new Error("QuotaExceededError")) : this.#within.change(plan);
  }
}

const keysOf = (keeping: Keeping): Promise<readonly string[]> =>
  keeping.change((kept) => ({ put: [], remove: [], result: kept.map((each: Kept) => each.key) }));

test("a browser without a database falls back, and says in words when nothing local can be kept", async () => {
  const told: KeptWhere[] = [];
  const nowhere = { open: () => Promise.reject(new Error("SecurityError")) };
  const keeping = new BestKeeping(
    [{ where: "database", ...nowhere }, { where: "local", ...nowhere }, { where: "memory", open: () => Promise.resolve(new MemoryKeeping()) }],
    (where) => told.push(where),
  );
  await keeping.change((kept) => planWrite(kept, written("k1", "q1", "a")));
  assert.deepEqual(told, ["memory"]);
  assert.match(sayKeeping("memory") ?? "", /closed or reloaded tab would lose them/);
  assert.equal(sayKeeping("local"), null);
});

test("a disk that fills up in mid-exam loses nothing that was kept before, and nothing that was being written", async () => {
  const disk = new Failing();
  const keeping = new BestKeeping(
    [{ where: "database", open: () => Promise.resolve(disk) }, { where: "memory", open: () => Promise.resolve(new MemoryKeeping()) }],
    () => undefined,
  );
  await keeping.change((kept) => planWrite(kept, written("k1", "q1", "a")));
  disk.full = true;
  await keeping.change((kept) => planWrite(kept, written("k2", "q2", "b")));
  assert.deepEqual(await keysOf(keeping), ["k1", "k2"]);
  const batch = await keeping.change((kept) => planTake(kept));
  assert.deepEqual(batch.map((each) => each.key), ["k1", "k2"]);
});

test("local storage keeps the answers of each attempt apart and over a reload", async () => {
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as Storage;
  await new LocalKeeping("att_1", storage).change((kept) => planWrite(kept, written("k1", "q1", "a")));
  assert.deepEqual(await keysOf(new LocalKeeping("att_1", storage)), ["k1"]);
  assert.deepEqual(await keysOf(new LocalKeeping("att_2", storage)), []);
  await new LocalKeeping("att_1", storage).change(() => ({ put: [], remove: ["k1"], result: undefined }));
  assert.equal(items.size, 0);
});

test("a request at unload carries as many answers as browsers allow, in order", () => {
  const answers = [written("k1", "q1", "a".repeat(25_000)), written("k2", "q2", "ä".repeat(12_000)), written("k3", "q3", "c".repeat(20_000))];
  assert.deepEqual(fitKeepalive(answers).map((each) => each.key), ["k1", "k2"]);
});
