import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER_PATIENCE_MS, fitFrame, nextQuality, Pacing } from "../../../../platform/guildhall/pages/exam_room/pacing";

test("the next frame waits for its interval even when the answer is quick", () => {
  const pacing = new Pacing(200);
  assert.equal(pacing.waitMs(1000), 0);
  const number = pacing.sent(1000, 50_000);
  pacing.answered(number, 200);
  assert.equal(pacing.waitMs(1050), 150);
  assert.equal(pacing.waitMs(1200), 0);
});

test("one frame is in flight: no second one goes before the answer, until patience runs out", () => {
  const pacing = new Pacing(200);
  pacing.sent(1000, 50_000);
  assert.equal(pacing.waitMs(1900), ANSWER_PATIENCE_MS - 900);
  assert.equal(pacing.waitMs(1000 + ANSWER_PATIENCE_MS), 0);
});

test("a late answer to a lost frame does not release the one in flight", () => {
  const pacing = new Pacing(200);
  const lost = pacing.sent(0, 50_000);
  pacing.sent(3000, 53_000);
  pacing.answered(lost, 500);
  assert.equal(pacing.waitMs(3600), ANSWER_PATIENCE_MS - 600);
});

test("the server's interval is honoured, and a refusal without one keeps the last", () => {
  const pacing = new Pacing(200);
  pacing.answered(pacing.sent(0, 1), 1000);
  assert.equal(pacing.waitMs(300), 700);
  pacing.answered(pacing.sent(1000, 2), null);
  assert.equal(pacing.waitMs(1300), 700);
});

test("while the engine is full the page sends less often, and afterwards as often as before, never more", () => {
  const pacing = new Pacing(200);
  pacing.answered(pacing.sent(0, 1), 480);
  assert.equal(pacing.waitMs(200), 280);
  pacing.answered(pacing.sent(480, 2), 200);
  assert.equal(pacing.waitMs(480), 200);
  pacing.answered(pacing.sent(680, 3), 0);
  assert.equal(pacing.waitMs(680), 200);
});

test("numbers rise within a millisecond, across a clock set back, and across pages that know nothing of each other", () => {
  const pacing = new Pacing(200);
  const first = pacing.sent(0, 50_000);
  const second = pacing.sent(0, 50_000);
  const afterCorrection = pacing.sent(200, 40_000);
  const reloaded = new Pacing(200).sent(0, 51_000);
  assert.ok(first < second && second < afterCorrection && afterCorrection < reloaded);
});

test("a frame keeps the camera's proportions, fits the server's size and is never enlarged", () => {
  const limit = { width: 640, height: 480 };
  assert.deepEqual(fitFrame({ width: 1280, height: 720 }, limit), { width: 640, height: 360 });
  assert.deepEqual(fitFrame({ width: 720, height: 1280 }, limit), { width: 270, height: 480 });
  assert.deepEqual(fitFrame({ width: 320, height: 240 }, limit), { width: 320, height: 240 });
});

test("quality falls while frames are too large, to a floor, and never rises above what was asked for", () => {
  let quality = 0.75;
  for (let frame = 0; frame < 10; frame += 1) quality = nextQuality(quality, 0.75, 500_000, 400_000);
  assert.equal(quality, 0.3);
  for (let frame = 0; frame < 100; frame += 1) quality = nextQuality(quality, 0.75, 30_000, 400_000);
  assert.equal(quality, 0.75);
});
