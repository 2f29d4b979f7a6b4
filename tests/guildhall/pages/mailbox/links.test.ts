import assert from "node:assert/strict";
import { test } from "node:test";
import { splitAtLinks } from "../../../../platform/guildhall/pages/mailbox/links";

const paths = (text: string): string[] => splitAtLinks(text).flatMap((part) => ("path" in part ? [part.path] : []));

test("a link keeps its path and its token, and loses the name of the server", () => {
  assert.deepEqual(splitAtLinks("Open:\nhttp://localhost:8080/verify-email#token=usr_1.aB-_9\n\nBye.\n"), [
    { text: "Open:\n" },
    { link: "http://localhost:8080/verify-email#token=usr_1.aB-_9", path: "/verify-email#token=usr_1.aB-_9" },
    { text: "\n\nBye.\n" },
  ]);
});

test("the full stop of a sentence is not part of its link", () => {
  assert.deepEqual(paths("See https://hall.example/sessions. (Or https://hall.example/account?a=1)"), ["/sessions", "/account?a=1"]);
});

test("a link that somebody wrote into a name leads nowhere else", () => {
  assert.deepEqual(paths("Dear http://a.example//elsewhere.example/x, hello"), ["/elsewhere.example/x"]);
});

test("nothing of a text is lost, whatever stands in it", () => {
  for (const text of ["", "no link", "http://", "https://[bad/ and on", "javascript:alert(1)"]) {
    const whole = splitAtLinks(text).map((part) => ("link" in part ? part.link : part.text));
    assert.equal(whole.join(""), text);
  }
});
