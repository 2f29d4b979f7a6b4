import assert from "node:assert/strict";
import { test } from "node:test";
import { seat } from "../../../../platform/guildhall/pages/proctor_wall/seating";
import { card, incident } from "./examples";

const cards = new Map([card("ses_a", { state: "finished" }), card("ses_b"), card("ses_c"), card("ses_d")]);

test("behaviour comes first, then what cannot be seen, then everyone in the order invited, then the finished", () => {
  const open = new Map([
    ["ses_c", [incident({ channel: "visibility" })]],
    ["ses_d", [incident({ channel: "visibility" }), incident({ channel: "behaviour" })]],
  ]);
  assert.deepEqual(seat(cards, open, null), ["ses_d", "ses_c", "ses_b", "ses_a"]);
});

test("while the order is held nobody moves, newcomers sit at the end, and the removed leave", () => {
  const held = ["ses_b", "ses_gone", "ses_c", "ses_a"];
  const open = new Map([["ses_c", [incident()]]]);
  assert.deepEqual(seat(cards, open, held), ["ses_b", "ses_c", "ses_a", "ses_d"]);
});
