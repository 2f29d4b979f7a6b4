import assert from "node:assert/strict";
import { test } from "node:test";
import { meanRating, sayCost, sayShare, sayTime } from "../../../../platform/guildhall/pages/numbers/figures";

test("where nothing was counted there is a dash, and no number", () => {
  assert.equal(sayShare(0, 0), "–");
  assert.equal(sayTime(0), "–");
  assert.equal(meanRating([0, 0, 0, 0, 0]), null);
  assert.equal(sayCost(0, { million_tokens_cost: 3, cost_currency: "USD" }), "nothing");
});

test("shares, times, ratings and cost are said in the unit that fits", () => {
  assert.equal(sayShare(2, 3), "67 %");
  assert.deepEqual([1500, 61_000, 600_000, 7_200_000, 200_000_000].map(sayTime), ["1.5 s", "61 s", "10 min", "2.0 h", "2.3 d"]);
  assert.equal(meanRating([1, 0, 0, 0, 1]), 3);
  assert.equal(sayCost(1_500_000, { million_tokens_cost: 0.6, cost_currency: "EUR" }), "0.90 EUR");
  assert.equal(sayCost(42, { million_tokens_cost: 0, cost_currency: "" }), "42 tokens");
});
