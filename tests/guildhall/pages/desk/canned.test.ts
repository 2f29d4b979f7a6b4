import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, matching, slashed } from "../../../../platform/guildhall/pages/desk/canned";

const reply = (shortcut: string, text: string) => ({ id: shortcut, shortcut, text, is_shared: false });
const FILLING = { visitor: "Vera", agent: "Grace", site: "shop", page: "" };

test("a slash begins a reply at the start of a word, so that replies can follow each other", () => {
  assert.deepEqual(slashed("/hel", 4), { from: 0, word: "hel" });
  assert.deepEqual(slashed("Hello Vera. /by", 15), { from: 12, word: "by" });
  assert.equal(slashed("24/7", 4), null);
  assert.equal(slashed("https://", 8), null);
  assert.deepEqual(slashed("/hel there", 4), { from: 0, word: "hel" });
});

test("replies are offered by their shortcut first, then by what stands in them", () => {
  const kept = [reply("bye", "Good bye"), reply("hello", "Hello"), reply("long", "Say good day to them")];
  assert.deepEqual(matching(kept, "good").map((each) => each.shortcut), ["bye", "long"]);
  assert.deepEqual(matching(kept, "he").map((each) => each.shortcut), ["hello", "long"]);
});

test("variables are filled in, and what nothing is known for leaves no hole", () => {
  assert.equal(fill("Hello {visitor}, this is {agent}.", FILLING), "Hello Vera, this is Grace.");
  assert.equal(fill("Hello {visitor}, on {page}.", { ...FILLING, visitor: "" }), "Hello, on.");
  assert.equal(fill("{other}", FILLING), "{other}");
});
