import assert from "node:assert/strict";
import { test } from "node:test";
import { readNext, signInAddress } from "../../../../platform/guildhall/pages/shared/next_path";

const ORIGIN = "https://hall.example";
const read = (next: string): string | null => readNext(`?next=${encodeURIComponent(next)}`, ORIGIN);

test("a path of this site is where one goes on to, query and fragment included", () => {
  assert.equal(read("/account?tab=1#sessions"), "https://hall.example/account?tab=1#sessions");
});

test("an address of another site is none, however it is written", () => {
  const others = ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example"];
  assert.deepEqual([...others, "javascript:alert(1)", "account", "", "/\\/elsewhere.example"].map(read), Array(8).fill(null));
});

test("a path that reads like another site once its dots are gone stays on this one", () => {
  assert.equal(read("/.//elsewhere.example"), "https://hall.example//elsewhere.example");
});

test("without a wish there is no address", () => {
  assert.equal(readNext("", ORIGIN), null);
});

test("the way back survives the round trip through the sign-in page", () => {
  const address = new URL(signInAddress("/account?a=b&c=d#sessions"), ORIGIN);
  assert.equal(readNext(address.search, ORIGIN), "https://hall.example/account?a=b&c=d#sessions");
});
