import assert from "node:assert/strict";
import { test } from "node:test";
import { Autosave, type Draft, type Saving } from "../../../../platform/guildhall/pages/marking/autosave";
import type { Answer } from "../../../../platform/guildhall/pages/shared/line";
import type { MarkSaved } from "../../../../platform/guildhall/pages/shared/results_told";

const draft = (points: number): Draft => ({ points: { c1: points }, comment: "" });
const saved = (rev: number): Answer<MarkSaved> => ({
  reply: { mark_id: "m", rev, is_final: false, saved_at_ms: rev, claimed_until_ms: 0 },
});
const away: Answer<MarkSaved> = { problem: { type: "not-reached", title: "", status: 0, detail: "" } };
const changed: Answer<MarkSaved> = { problem: { type: "precondition-failed", title: "", status: 412, detail: "" } };

test("the newest draft is stored with the revision that the one before it left", async () => {
  const sent: [number, number][] = [];
  const told: Saving[] = [];
  const autosave = new Autosave(
    1,
    async (given, rev) => {
      sent.push([given.points.c1 ?? 0, rev]);
      return Promise.resolve(saved(rev + 1));
    },
    (saving) => told.push(saving),
  );
  autosave.change(draft(1));
  autosave.change(draft(2));
  assert.equal(await autosave.flush(), true);
  autosave.change(draft(3));
  assert.equal(await autosave.flush(), true);
  assert.deepEqual(sent, [[2, 1], [3, 2]]);
  assert.deepEqual(told.at(-1), { state: "clean", at_ms: 3 });
});

test("what comes while a draft is on its way is sent after it, one at a time", async () => {
  const revs: number[] = [];
  let arrive: ((answer: Answer<MarkSaved>) => void) | null = null;
  const autosave = new Autosave(
    1,
    (_, rev) => {
      revs.push(rev);
      return new Promise((resolve) => (arrive = resolve));
    },
    () => undefined,
  );
  autosave.change(draft(1));
  const flushed = autosave.flush();
  autosave.change(draft(2));
  const again = autosave.flush();
  assert.deepEqual(revs, [1]);
  (arrive as unknown as (answer: Answer<MarkSaved>) => void)(saved(2));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(revs, [1, 2]);
  (arrive as unknown as (answer: Answer<MarkSaved>) => void)(saved(3));
  assert.deepEqual(await Promise.all([flushed, again]), [true, true]);
});

test("a draft that did not arrive is kept, said to be unsaved, and sent again", async () => {
  const answers = [away, saved(2)];
  const states: string[] = [];
  const autosave = new Autosave(1, async () => Promise.resolve(answers.shift() ?? saved(9)), (saving) => states.push(saving.state));
  autosave.change(draft(1));
  assert.equal(await autosave.flush(), false);
  assert.equal(states.at(-1), "failed");
  assert.equal(await autosave.flush(), true);
  assert.equal(states.at(-1), "clean");
  autosave.close();
});

test("one that the server refuses is told and not sent again by itself", async () => {
  let sent = 0;
  const autosave = new Autosave(1, async () => (sent++, Promise.resolve(changed)), () => undefined);
  autosave.change(draft(1));
  assert.equal(await autosave.flush(), false);
  assert.equal(sent, 1);
  autosave.close();
});
