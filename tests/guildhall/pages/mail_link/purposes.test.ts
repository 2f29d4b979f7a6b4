import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PURPOSES } from "../../../../platform/guildhall/pages/mail_link/purposes";

test("every link that our mails carry has its page", () => {
  const letters = readFileSync("platform/guildhall/accounts/service/letters.py", "utf8");
  const linked = [...letters.matchAll(/TokenPurpose\.[A-Z_]+: "([a-z-]+)"/g)].map(([, page]) => `/${page}`);
  assert.ok(linked.length >= 6);
  // The one with a form of its own.
  assert.deepEqual(linked.filter((path) => PURPOSES[path] === undefined), ["/reset-password"]);
});
