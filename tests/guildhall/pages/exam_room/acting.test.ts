import assert from "node:assert/strict";
import { test } from "node:test";
import { heard, inBanners, inDialog, NOTHING_ASKED, spoken, without, type Asked } from "../../../../platform/guildhall/pages/exam_room/acting/asked";
import { KEPT_MAX, NotedBook } from "../../../../platform/guildhall/pages/exam_room/acting/noted_book";
import { Noting } from "../../../../platform/guildhall/pages/exam_room/acting/noting";
import { sayTurn, sayWhy } from "../../../../platform/guildhall/pages/exam_room/acting/saying";
import type { ActionKind, ActionNoted, ActionTold } from "../../../../platform/guildhall/pages/shared/acting_told";

function aStorage(): Pick<Storage, "getItem" | "setItem"> {
  const kept = new Map<string, string>();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => void kept.set(name, text) };
}

function told(number: number, kind: ActionKind, more: Partial<ActionTold> = {}): ActionTold {
  return { action_id: `a${number}`, number, kind, reason: null, text: "", extra_seconds: 0, by_name: "Grace", asked_at_ms: number * 60_000, is_delivered: false, ...more };
}

const nobody = (): boolean => false;
const hear = (...each: ActionTold[]): Asked => each.reduce((asked, one) => heard(asked, one, nobody), NOTHING_ASKED);
const ids = (actions: readonly ActionTold[]): string[] => actions.map((one) => one.action_id);

/** A line that keeps what it was asked; `status` 0 answers as a lost network does, null as the server. */
function aLine(status: number | null = null) {
  const asked: ActionNoted[] = [];
  const line = {
    state: "connected",
    status,
    asked,
    ask: async (_: "action_noted", body: ActionNoted) => {
      asked.push(body);
      return line.status === null ? { reply: {} } : { problem: { type: "", title: "", status: line.status, detail: "" } };
    },
  };
  return line;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("an action that is sent again is shown once, and in the order in which it was asked", () => {
  const asked = hear(told(2, "warn"), told(1, "room_scan"), told(2, "warn"));
  assert.deepEqual(ids(asked.open), ["a1", "a2"]);
  assert.equal(inDialog(asked)?.action_id, "a1");
  assert.equal(inDialog(without(asked, "a1"))?.action_id, "a2");
});

test("what was taken note of is not shown again", () => {
  assert.equal(heard(NOTHING_ASKED, told(1, "warn"), (id) => id === "a1"), NOTHING_ASKED);
});

test("a resume takes the place of its pause and knows for how long it stood; a late pause does not come back", () => {
  const asked = hear(told(1, "pause"), told(4, "resume"), told(1, "pause"));
  assert.deepEqual(ids(inBanners(asked)), ["a4"]);
  assert.equal(asked.pausedAtMs["a4"], 60_000);
  assert.match(sayTurn(told(4, "resume"), 60_000), /stood for 3 min/);
  assert.doesNotMatch(sayTurn(told(4, "resume"), null), /stood/);
});

test("the end of the exam takes the place of what moved its clock, and leaves a warning to be read", () => {
  const asked = hear(told(1, "warn"), told(2, "extend"), told(3, "pause"), told(4, "terminate"));
  assert.deepEqual(ids(asked.open), ["a1", "a4"]);
});

test("messages are in neither the dialog nor the banners", () => {
  const asked = hear(told(1, "message"), told(2, "broadcast"));
  assert.equal(inDialog(asked), null);
  assert.deepEqual(inBanners(asked), []);
  assert.deepEqual(ids(spoken(asked)), ["a1", "a2"]);
});

test("an extension is said with its minutes, and why with the proctor's own words", () => {
  assert.match(sayTurn(told(1, "extend", { extra_seconds: 300 }), null), /Grace gave you 5 min more/);
  assert.match(sayTurn(told(1, "extend", { extra_seconds: 90, by_name: "" }), null), /A proctor gave you 1 min 30 s more/);
  assert.equal(sayWhy(told(1, "warn", { reason: "talking", text: "Please stop." })), "You seemed to talk to somebody. Please stop.");
});

test("the page says once that it has an action and once that it was read, however often it is sent", async () => {
  const line = aLine();
  const noting = new Noting(line, new NotedBook("sit_1", aStorage()));
  for (let each = 0; each < 3; each += 1) noting.hear(told(1, "warn"));
  await settled();
  noting.acknowledge("a1");
  noting.acknowledge("a1");
  await settled();
  assert.deepEqual(line.asked, [
    { action_id: "a1", state: "delivered" },
    { action_id: "a1", state: "acknowledged" },
  ]);
  assert.equal(noting.isIdle, true);
});

test("what was delivered to an earlier page is not said to be delivered again", async () => {
  const line = aLine();
  new Noting(line, new NotedBook("sit_1", aStorage())).hear(told(1, "warn", { is_delivered: true }));
  await settled();
  assert.deepEqual(line.asked, []);
});

test("what was read without a line is said after a reload, once", async () => {
  const storage = aStorage();
  const away = { ...aLine(), state: "offline" };
  new Noting(away, new NotedBook("sit_1", storage)).acknowledge("a1");
  await settled();
  assert.deepEqual(away.asked, []);
  const line = aLine();
  const after = new Noting(line, new NotedBook("sit_1", storage));
  after.hear(told(1, "warn"));
  after.wake();
  await settled();
  assert.deepEqual(line.asked, [{ action_id: "a1", state: "acknowledged" }]);
});

test("an acknowledgement that the server lost is said again when it asks again", async () => {
  const line = aLine();
  const noting = new Noting(line, new NotedBook("sit_1", aStorage()));
  noting.acknowledge("a1");
  await settled();
  noting.hear(told(1, "warn", { is_delivered: true }));
  await settled();
  assert.deepEqual(line.asked.map((note) => note.state), ["acknowledged", "acknowledged"]);
});

test("no answer, and a seat that is not open yet, are tried again; a refusal for good is not", async () => {
  for (const [status, isIdle] of [[0, false], [409, false], [429, false], [503, false], [404, true], [422, true]] as const) {
    const line = aLine(status);
    const noting = new Noting(line, new NotedBook("sit_1", aStorage()));
    noting.acknowledge("a1");
    await settled();
    assert.equal(noting.isIdle, isIdle, String(status));
    line.status = null;
    noting.wake();
    await settled();
    assert.equal(noting.isIdle, true, String(status));
    assert.equal(line.asked.length, isIdle ? 1 : 2, String(status));
    noting.close();
  }
});

test("what was read of the conversation stays read after a reload, by session", () => {
  const storage = aStorage();
  new NotedBook("sit_1", storage).markRead(["k1"]);
  assert.equal(new NotedBook("sit_1", storage).isRead("k1"), true);
  assert.equal(new NotedBook("sit_2", storage).isRead("k1"), false);
});

test("what is kept is bounded, and a browser that keeps nothing still knows it in this tab", () => {
  const full: Pick<Storage, "getItem" | "setItem"> = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  const book = new NotedBook("sit_1", full);
  for (let each = 0; each <= KEPT_MAX; each += 1) book.acknowledge(`a${each}`);
  assert.equal(book.unsent.length, KEPT_MAX);
  assert.equal(book.isAcknowledged(`a${KEPT_MAX}`), true);
  assert.equal(book.isAcknowledged("a0"), false);
});
