import assert from "node:assert/strict";
import { test } from "node:test";
import { appoints, slugOf } from "../../../../platform/guildhall/pages/organisations/told";

const SLUG = /^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/; // accounts/messages/requests.py

test("a name becomes a short name that the server takes, or nothing", () => {
  assert.equal(slugOf("Riggers & Söhne"), "riggers-sohne");
  assert.equal(slugOf("  --Welders, Ltd. "), "welders-ltd");
  assert.equal(slugOf("港"), "");
  assert.match(slugOf("The Honourable Company of Master Mariners and Riggers"), SLUG);
  assert.match(slugOf(`${"a".repeat(39)} b`), SLUG);
});

test("owners appoint anybody, managers all but owners, others nobody", () => {
  assert.deepEqual(appoints("owner"), ["owner", "manager", "finance", "member"]);
  assert.deepEqual(appoints("manager"), ["manager", "finance", "member"]);
  assert.deepEqual([appoints("member"), appoints("finance"), appoints(null)], [[], [], []]);
});
