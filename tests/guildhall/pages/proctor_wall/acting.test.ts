import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaseLine } from "../../../../platform/guildhall/pages/shared/acting";
import { attendanceOf, whyNot } from "../../../../platform/guildhall/pages/proctor_wall/attendance";
import { callsOf, isCalling } from "../../../../platform/guildhall/pages/proctor_wall/calling";
import { History, withCases, WriteKeys } from "../../../../platform/guildhall/pages/proctor_wall/floor";
import { commandOf, KEYS } from "../../../../platform/guildhall/pages/proctor_wall/keys";
import { sayLine, sayState, timelineOf } from "../../../../platform/guildhall/pages/proctor_wall/timeline";
import { action, incident, line, told } from "./examples";

const NO_MODIFIER = { ctrlKey: false, altKey: false, metaKey: false };
const grace = { supervision: "attending", holder: "usr_g", holder_name: "Grace", until_ms: 5000 } as const;

test("who has a candidate is told by name; they can be taken only once the lease is over or help is wanted", () => {
  const other = attendanceOf(told(grace), "usr_a", 4999);
  assert.deepEqual([other.canTake, other.other], [false, "Grace"]);
  assert.match(other.words, /^Grace has this candidate/);
  assert.equal(attendanceOf(told(grace), "usr_a", 5000).canTake, true);
  assert.equal(attendanceOf(told({ ...grace, supervision: "escalated" }), "usr_a", 1).canTake, true);
  assert.deepEqual([attendanceOf(told(grace), "usr_g", 1).isMine, attendanceOf(undefined, "usr_g", 1).canTake], [true, true]);
  assert.equal(attendanceOf(undefined, "", 1).canTake, false);
});

test("why something may not be asked: no account, another has them, or what the server says; else nothing", () => {
  const barred = told({ barred: [{ kind: "pause", why: "No exam." }] });
  const free = attendanceOf(barred, "usr_a", 1);
  assert.match(whyNot(barred, free, "", "warn") ?? "", /look and not act/);
  assert.match(whyNot(told(grace), attendanceOf(told(grace), "usr_a", 1), "usr_a", "warn") ?? "", /Grace/);
  assert.equal(whyNot(barred, free, "usr_a", "pause"), "No exam.");
  assert.equal(whyNot(barred, free, "usr_a", "warn"), null);
  assert.equal(whyNot(undefined, free, "usr_a", "warn"), null);
});

test("a raised hand, a message, a proposal and a call for help keep a tile in view; somebody attending does not", () => {
  assert.equal(isCalling(undefined, []), false);
  assert.equal(isCalling(told(grace), []), false);
  assert.equal(isCalling(told({ open: [action()] }), []), false);
  assert.equal(isCalling(undefined, [incident()]), true);
  for (const pressing of [{ hand_raised_at_ms: 1 }, { unread: 1 }, { supervision: "escalated" as const }, { open: [action({ state: "proposed" })] }])
    assert.equal(isCalling(told(pressing), []), true);
  assert.deepEqual(callsOf(told(grace), "usr_g").map((call) => call.words), ["You attend"]);
});

test("of two tellings of a case the newer holds, in whichever order they come", () => {
  const known = withCases(new Map(), [told({ rev: 3 }), told({ rev: 2, unread: 9 })]);
  assert.equal(known.get("ses_1")?.rev, 3);
  assert.equal(withCases(known, [told({ rev: 3, unread: 9 })]), known);
});

test("an action is one moment at its newest state, whichever of case and history is ahead", () => {
  const step = (number: number, state: "asked" | "delivered" | "acknowledged"): CaseLine => line(number, { kind: "action", action: action({ state }) });
  const states = (lines: CaseLine[], open: ReturnType<typeof action>[]): string[] =>
    timelineOf([], lines, open).map((moment) => ("action" in moment ? moment.action.state : ""));
  assert.deepEqual(states([step(1, "asked")], [action({ state: "due" })]), ["due"]);
  assert.deepEqual(states([step(1, "asked"), step(2, "delivered")], []), ["delivered"]);
  assert.deepEqual(states([step(1, "asked"), step(2, "acknowledged")], [action({ state: "delivered" })]), ["acknowledged"]);
  assert.deepEqual(states([], [action()]), ["due"]);
});

test("incidents, actions, notes and messages stand in one order, newest first", () => {
  const moments = timelineOf(
    [incident({ opened_at_ms: 3000 })],
    [line(1), line(2, { kind: "said", by: "", by_name: "Ada", text: "Hello" }), line(3, { kind: "supervision", text: "take_over" })],
    [action(), action({ id: "a2", kind: "message", reason: null, text: "Hi", asked_at_ms: 4000 })],
  );
  assert.deepEqual(moments.map((moment) => moment.sort), ["message", "incident", "action", "action", "message", "note"]);
});

test("lines and states are said in words, with why something was not done", () => {
  assert.equal(sayLine(line(1, { kind: "supervision", text: "take_over" })), "Grace takes over");
  assert.equal(sayLine(line(1, { kind: "supervision", text: "to Alan" })), "Grace assigns to Alan");
  assert.equal(sayState(action({ state: "refused", refusal: "The exam is over." })), "Not done: The exam is over.");
});

test("a key acts in its place, never while somebody types, and letters can be switched off", () => {
  const press = (key: string) => ({ ...NO_MODIFIER, key });
  assert.equal(commandOf(press("w"), "candidate", false, true), "warn");
  assert.equal(commandOf(press("W"), "candidate", false, true), "warn");
  assert.equal(commandOf(press("w"), "wall", false, true), null);
  assert.equal(commandOf(press("w"), "candidate", true, true), null);
  assert.equal(commandOf({ ...press("w"), ctrlKey: true }, "candidate", false, true), null);
  assert.equal(commandOf(press("?"), "wall", false, true), "keys");
  assert.equal(commandOf(press("?"), "wall", false, false), null);
  assert.equal(commandOf(press("ArrowLeft"), "candidate", false, false), "previous");
  for (const place of ["wall", "candidate"]) {
    const keys = KEYS.filter((key) => key.place === place || key.place === "both").map((key) => key.key);
    assert.equal(new Set(keys).size, keys.length);
  }
});

test("the same words keep their key until they arrive; other words, or the same said again, have another", () => {
  const keys = new WriteKeys();
  const first = keys.for({ text: "a" });
  assert.match(first, /^[A-Za-z0-9_-]{1,64}$/);
  assert.equal(keys.for({ text: "a" }), first);
  const second = keys.for({ text: "b" });
  assert.notEqual(second, first);
  keys.arrived();
  assert.notEqual(keys.for({ text: "b" }), second);
});

test("a history is read to its end by number, a wish meanwhile is not lost, and a problem keeps what is known", async () => {
  const all = [1, 2, 3, 4, 5].map((number) => line(number));
  const history = new History();
  const asked: number[] = [];
  let head = 3;
  const ask = async (after: number) => {
    asked.push(after);
    const rest = all.slice(after, head);
    if (after === 0) {
      head = 5;
      void history.read(ask);
    }
    return { reply: { lines: rest.slice(0, 2), is_whole: rest.length <= 2 } };
  };
  assert.equal(await history.read(ask), true);
  assert.deepEqual(history.lines.map((each) => each.number), [1, 2, 3, 4, 5]);
  assert.deepEqual(asked, [0, 2, 4]);
  const gone = { problem: { type: "no-answer", title: "", status: 0, detail: "" } };
  assert.equal(await history.read(async () => gone), false);
  assert.equal(history.lines.length, 5);
  assert.equal(await history.read(ask), false);
});
