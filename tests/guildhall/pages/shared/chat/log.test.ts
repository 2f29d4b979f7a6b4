import assert from "node:assert/strict";
import { test } from "node:test";
import { ConversationLog } from "../../../../../platform/guildhall/pages/shared/chat/log";
import type { EntriesPage, Entry } from "../../../../../platform/guildhall/pages/shared/chat/told";

const ME = "vis_1";

function entry(number: number, more: Partial<Entry> = {}): Entry {
  return {
    conversation_id: "cnv_1",
    number,
    at_ms: number * 1000,
    kind: "message",
    by: "usr_a",
    role: "agent",
    name: "Grace",
    text: `words ${number}`,
    turn: "",
    client_id: `client-${number}`,
    delivered: 0,
    read: 0,
    state: "assigned",
    epoch: 1,
    owner: "usr_a",
    ...more,
  };
}

function page(entries: readonly Entry[], head: number): EntriesPage {
  const standing = { state: "queued", epoch: 2, owner: "", waiting_since_ms: 5, readers: {} } as const;
  return { conversation_id: "cnv_1", entries, head, standing, you: ME, server_time_ms: 0 };
}

const numbers = (log: ConversationLog): number[] => log.entries.map((each) => each.number);

test("entries stand in the order of their numbers and each once, however they come", () => {
  const log = new ConversationLog();
  for (const number of [3, 1, 3, 1, 2, 5, 2]) log.take(entry(number));
  assert.deepEqual(numbers(log), [1, 2, 3]);
  assert.equal(log.hasGap, true);
  log.take(entry(4));
  assert.deepEqual(numbers(log), [1, 2, 3, 4, 5]);
  assert.equal(log.hasGap, false);
});

test("a head beyond what is known is a gap, and a page fills it", () => {
  const log = new ConversationLog();
  log.takePage(page([entry(1), entry(2)], 2));
  log.hear(4);
  assert.equal(log.hasGap, true);
  log.takePage(page([entry(3), entry(4)], 4));
  assert.equal(log.hasGap, false);
});

test("a page that was overtaken does not turn the standing back", () => {
  const log = new ConversationLog();
  log.takePage(page([entry(1)], 1));
  log.take(entry(2, { state: "resolved", owner: "" }));
  log.takePage(page([entry(1)], 1));
  assert.equal(log.standing.state, "resolved");
});

test("receipts only grow, and what I have read is not unread", () => {
  const log = new ConversationLog();
  log.takePage(page([entry(1), entry(2)], 2));
  assert.equal(log.unread, 2);
  log.take(entry(3, { kind: "mark", by: ME, delivered: 2, read: 2 }));
  log.take(entry(4, { kind: "mark", by: ME, delivered: 1, read: 1 }));
  assert.equal(log.unread, 0);
  log.take(entry(5, { by: ME }));
  log.take(entry(6, { kind: "mark", by: "usr_a", delivered: 5, read: 3 }));
  assert.deepEqual(log.othersGot, [5, 3]);
});
