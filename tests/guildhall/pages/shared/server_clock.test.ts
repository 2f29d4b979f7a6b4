import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../../../platform/guildhall/pages/shared/server_clock";

test("the server's time is placed in the middle of the exchange", () => {
  const clock = new ServerClock();
  clock.learn(61_050, 1000, 1100);
  assert.equal(clock.at(2000), 62_000);
});

test("a slow exchange does not spoil what a quick one taught, unless the quick one is distrusted", () => {
  const clock = new ServerClock();
  clock.learn(60_000, 0, 20);
  clock.learn(64_000, 0, 4000);
  assert.equal(clock.at(10), 60_000);
  clock.distrust();
  clock.learn(64_000, 0, 4000);
  assert.equal(clock.at(2000), 64_000);
});
