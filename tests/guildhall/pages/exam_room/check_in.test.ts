import assert from "node:assert/strict";
import { test } from "node:test";
import { adopt, arrowOf, isOver } from "../../../../platform/guildhall/pages/exam_room/check_in";
import type { CheckInState, CheckInTold } from "../../../../platform/guildhall/pages/shared/messages";

const STATES: readonly CheckInState[] = ["waiting", "running", "measured", "accepted", "skipped"];

function told(state: CheckInState, changes: Partial<CheckInTold> = {}): CheckInTold {
  return {
    state,
    step: state === "running" ? "centre" : null,
    place: 0,
    steps: 10,
    target: [0.5, 0.5],
    instruction: "Look at the dot.",
    hint: null,
    progress: 0,
    runs_left: 2,
    signals: [],
    ...changes,
  };
}

test("the page shows what the server said last", () => {
  const next = told("running", { step: "top_left", place: 1 });
  assert.equal(adopt(told("running"), next), next);
  assert.equal(adopt(told("waiting"), next), next);
});

test("a verdict that says nothing of the check-in changes nothing", () => {
  for (const state of STATES) {
    const shown = told(state);
    assert.equal(adopt(shown, null), shown);
  }
});

test("a late verdict never brings back a check-in that was left behind", () => {
  for (const state of STATES.filter(isOver)) {
    const shown = told(state);
    assert.equal(adopt(shown, told("running")), shown);
    assert.equal(adopt(shown, told("measured")), shown);
  }
  assert.deepEqual(STATES.filter(isOver), ["accepted", "skipped"]);
});

test("an arrow points where the head is to be turned, and only then", () => {
  assert.deepEqual(["turn_left", "turn_right", "turn_up", "turn_down"].map(arrowOf), ["left", "right", "up", "down"]);
  assert.deepEqual(["centre", "top_left", "bottom_right", "close_eyes", null].map(arrowOf), [null, null, null, null, null]);
});
