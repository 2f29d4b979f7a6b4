import assert from "node:assert/strict";
import { test } from "node:test";
import { seat } from "../../../../platform/guildhall/pages/proctor_wall/seating";
import { card, ranking } from "./examples";

const cards = new Map([card("ses_a"), card("ses_b"), card("ses_c"), card("ses_d")]);
const nobody = new Set<string>();

test("the order is the server's ranking; who is not ranked yet comes last, who is gone does not come", () => {
  const places = ranking(["ses_d", "ses_gone"], ["ses_b"]);
  assert.deepEqual(seat(cards, places, nobody, false, null), { shown: ["ses_d", "ses_b", "ses_a", "ses_c"], quiet: [] });
  assert.deepEqual(seat(cards, null, nobody, true, null).shown, ["ses_a", "ses_b", "ses_c", "ses_d"]);
});

test("quiet ones fold, and pop back the moment something calls, in their place", () => {
  const places = ranking(["ses_d"], ["ses_b", "ses_a", "ses_c"]);
  assert.deepEqual(seat(cards, places, nobody, true, null), { shown: ["ses_d"], quiet: ["ses_b", "ses_a", "ses_c"] });
  assert.deepEqual(seat(cards, places, new Set(["ses_a"]), true, null), { shown: ["ses_d", "ses_a"], quiet: ["ses_b", "ses_c"] });
});

test("while the order is held nobody moves or folds, newcomers sit at the end, and the removed leave", () => {
  const places = ranking(["ses_d", "ses_c"], ["ses_b", "ses_a"]);
  const held = ["ses_b", "ses_gone", "ses_c"];
  assert.deepEqual(seat(cards, places, nobody, true, held), { shown: ["ses_b", "ses_c", "ses_d"], quiet: ["ses_a"] });
});
