import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationListed, OwnResultListed } from "../../../../platform/guildhall/pages/shared/exams_told";
import { openAttempt, sayAccommodations, sayAttemptsLeft, sayResult, sayWindow } from "../../../../platform/guildhall/pages/exams/saying";

const HOUR = 3_600_000;
const ATTEMPT = {
  id: "att_1",
  exam_title: "Customer care",
  number: 1,
  is_practice: false,
  state: "submitted",
  state_since_ms: 0,
  left_ms: 0,
  started_at_ms: 0,
  over_at_ms: 0,
  receipt: null,
} as const;
const INVITATION: InvitationListed = {
  id: "inv_1",
  delivery_id: "del_1",
  title: "Customer care",
  opens_at_ms: 10 * HOUR,
  closes_at_ms: 20 * HOUR,
  is_practice: false,
  attempts_allowed: 2,
  extra_time_percent: 0,
  break_seconds: 0,
  may_begin: true,
  reason: "",
  attempts: [ATTEMPT],
};
const RESULT: OwnResultListed = {
  attempt_id: "att_1",
  exam_title: "Customer care",
  state: "released",
  released_at_ms: 1,
  is_pass: true,
  percent_hundredths: 7850,
  credential_id: "",
  reason: "",
};

test("a window is told by what one waits for: its opening, its end, or nothing any more", () => {
  assert.equal(sayWindow(INVITATION, 9 * HOUR), "opens in 1 h");
  assert.equal(sayWindow(INVITATION, 10 * HOUR), "open for 10 h more");
  assert.equal(sayWindow(INVITATION, 20 * HOUR), "closed");
  assert.equal(sayWindow({ ...INVITATION, opens_at_ms: 100 * HOUR, closes_at_ms: 200 * HOUR }, 0), "opens in 4 days");
  assert.equal(sayWindow({ ...INVITATION, closes_at_ms: 1e6 * HOUR }, 11 * HOUR), "open, without an end");
});

test("an attempt that is not over is the one to go on with", () => {
  assert.equal(openAttempt(INVITATION), null);
  assert.equal(openAttempt({ ...INVITATION, attempts: [ATTEMPT, { ...ATTEMPT, id: "att_2", state: "running" }] })?.id, "att_2");
});

test("attempts and accommodations are told as they are, and nothing is told where nothing was granted", () => {
  assert.equal(sayAttemptsLeft(INVITATION), "1 of 2 attempts left");
  assert.equal(sayAttemptsLeft({ ...INVITATION, attempts_allowed: 1 }), "Your one attempt is used");
  assert.deepEqual(sayAccommodations(INVITATION), []);
  assert.deepEqual(sayAccommodations({ ...INVITATION, extra_time_percent: 25, break_seconds: 600 }), ["25 % more time", "breaks of 10 min in all"]);
});

test("a result says no more than was released", () => {
  assert.equal(sayResult(null), "It is being marked.");
  assert.equal(sayResult({ ...RESULT, state: "marked" }), "It is marked; the result is not released yet.");
  assert.equal(sayResult(RESULT), "Passed, 78.5 %.");
  assert.equal(sayResult({ ...RESULT, state: "withheld", reason: "an incident is looked into" }), "The result is withheld: an incident is looked into");
});
