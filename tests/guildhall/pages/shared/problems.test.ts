import assert from "node:assert/strict";
import { test } from "node:test";
import { readProblem, sayField, sayProblem } from "../../../../platform/guildhall/pages/shared/problems";

test("the short code of a problem is its type", () => {
  const told = { type: "/problems/token-expired", code: "token-expired", title: "Over", status: 401, detail: "It is over." };
  assert.equal(readProblem(401, told).type, "token-expired");
  assert.equal(readProblem(401, { ...told, code: undefined }).type, "token-expired");
});

test("an error page of whatever stands between is a problem in words as well", () => {
  for (const body of [null, "<html>", 7]) {
    assert.equal(sayProblem(readProblem(502, body)), "The server did not do that (502). Try again in a moment.");
  }
});

test("too often says when to come back, in the unit one would use", () => {
  const wait = (retry_after_ms: number | undefined): string =>
    sayProblem(readProblem(429, { code: "too-many", detail: "This may be called 6 times.", retry_after_ms }));
  assert.deepEqual(
    [undefined, 900, 12_100, 600_000].map(wait).map((words) => words.replace(/.*Try again /, "")),
    ["in a moment.", "in a moment.", "in 13 seconds.", "in 10 minutes."],
  );
});

test("what is wrong with fields is said beside them and not twice", () => {
  const problem = readProblem(422, { code: "invalid", detail: "`email` is refused.", fields: { email: "is refused" } });
  assert.equal(sayProblem(problem), "Not yet: see what is marked below.");
  assert.equal(sayProblem(readProblem(422, { code: "invalid", detail: "Not so.", fields: {} })), "Not so.");
});

test("the rest of a sentence becomes a sentence, and a sentence stays one", () => {
  assert.equal(sayField("must be text"), "This must be text.");
  assert.equal(sayField("Use at least 12 characters."), "Use at least 12 characters.");
});
