import assert from "node:assert/strict";
import { test } from "node:test";
import { EntryLog } from "../../../../platform/guildhall/pages/proctor_wall/entry_log";
import { entry, numbers } from "./examples";

const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => entry(from + place));

test("an unbroken run is taken as it is announced", () => {
  const log = new EntryLog();
  log.begin(run(1, 3), 3);
  assert.deepEqual(numbers(log.announced(entry(4))), [4]);
  assert.equal(log.behind, false);
});

test("an entry after a gap is not believed, and the gap is filled in order without a double", () => {
  const log = new EntryLog();
  log.begin(run(1, 3), 3);
  assert.deepEqual(log.announced(entry(6)), []);
  assert.equal(log.behind, true);
  assert.equal(log.last, 3);
  assert.deepEqual(numbers(log.filled(run(3, 7), 7)), [4, 5, 6, 7]);
  assert.deepEqual(log.announced(entry(7)), []);
  assert.equal(log.behind, false);
});

test("a page of a longer gap leaves the log behind, so that the next page is asked for", () => {
  const log = new EntryLog();
  log.begin([], 0);
  assert.deepEqual(numbers(log.filled(run(1, 100), 250)), numbers(run(1, 100)));
  assert.equal(log.last, 100);
  assert.equal(log.behind, true);
});

test("silence is noticed: a head beyond the last entry means something was missed", () => {
  const log = new EntryLog();
  log.begin(run(1, 3), 3);
  log.heard(3);
  assert.equal(log.behind, false);
  log.heard(5);
  assert.equal(log.behind, true);
});

test("a first reading may start in the middle: what is older is never asked for", () => {
  const log = new EntryLog();
  log.begin(run(801, 1000), 1000);
  assert.equal(log.last, 1000);
  assert.equal(log.behind, false);
});

test("a server whose log is shorter than ours has another log", () => {
  const log = new EntryLog();
  log.begin(run(1, 9), 9);
  assert.equal(log.isForeign(9), false);
  assert.equal(log.isForeign(2), true);
});

test("announcements that overtake the first reading are not lost and not taken twice", () => {
  const log = new EntryLog();
  assert.deepEqual(log.announced(entry(1)), []);
  assert.deepEqual(log.announced(entry(5)), []);
  assert.equal(log.behind, false);
  log.begin(run(1, 4), 4);
  assert.equal(log.behind, true);
  assert.deepEqual(numbers(log.filled(run(5, 5), 5)), [5]);
});
