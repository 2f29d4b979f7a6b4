import assert from "node:assert/strict";
import { test } from "node:test";
import { maskCards } from "../../../../../platform/guildhall/pages/shared/chat/redaction";

test("a card number is shown by its last four digits, however it is written", () => {
  for (const card of ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"]) {
    assert.equal(maskCards(`mine is ${card}, thanks`), "mine is •••• 1111, thanks");
  }
  assert.equal(maskCards("378282246310005"), "•••• 0005");
});

test("numbers that are no cards stay as they are", () => {
  for (const text of ["order 4111111111111112", "+49 30 1234567", "0000000000000000", "2026-11-28 07:05:33 and 12345"]) {
    assert.equal(maskCards(text), text);
  }
});
