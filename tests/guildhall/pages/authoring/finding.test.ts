import assert from "node:assert/strict";
import { test } from "node:test";
import { findBanks, offerBanks } from "../../../../platform/guildhall/pages/authoring/finding";

const BANKS = ["Welding, basics", "Welding under water", "Rigging", "Été: soudage"].map((name, place) => ({ bank_id: `bnk_${place}`, name }));
const names = (found: readonly { name: string }[]): readonly string[] => found.map((bank) => bank.name);

test("a bank is found by any words of its name, in any order and case", () => {
  assert.deepEqual(names(findBanks(BANKS, "welding")), ["Welding, basics", "Welding under water"]);
  assert.deepEqual(names(findBanks(BANKS, "  WATER weld ")), ["Welding under water"]);
  assert.deepEqual(names(findBanks(BANKS, "ÉTÉ")), ["Été: soudage"]);
  assert.deepEqual(findBanks(BANKS, "glass"), []);
  assert.equal(findBanks(BANKS, "   ").length, BANKS.length, "nothing is asked for, so nothing is left out");
});

test("the bank that is chosen stays on offer while another one is looked for", () => {
  const found = findBanks(BANKS, "water");
  assert.deepEqual(names(offerBanks(BANKS, found, "bnk_2")), ["Welding under water", "Rigging"]);
  assert.deepEqual(names(offerBanks(BANKS, found, "bnk_1")), ["Welding under water"]);
});
