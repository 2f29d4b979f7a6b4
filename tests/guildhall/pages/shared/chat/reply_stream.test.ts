import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplyStream } from "../../../../../platform/guildhall/pages/shared/chat/reply_stream";
import type { DeltaTold, Entry } from "../../../../../platform/guildhall/pages/shared/chat/told";

function delta(offset: number, text: string, more: Partial<DeltaTold> = {}): DeltaTold {
  return { conversation_id: "cnv_1", message: "bot/3", attempt: 1, offset, text, is_over: false, ...more };
}

function entry(epoch: number, role: Entry["role"], kind: Entry["kind"] = "message"): Entry {
  return {
    conversation_id: "cnv_1", number: 5, at_ms: 0, kind, by: role, role, name: "", text: "words", turn: "", client_id: "",
    delivered: 0, read: 0, state: "unattended", epoch, owner: "",
  };
}

test("pieces stand where they say that they belong, and what is told again changes nothing", () => {
  const stream = new ReplyStream();
  assert.equal(stream.take(delta(0, "One two ")), false);
  assert.equal(stream.take(delta(8, "three ")), false);
  assert.equal(stream.take(delta(0, "One two ")), false);
  assert.equal(stream.text, "One two three ");
});

test("offsets are characters, also where one takes two of JavaScript's", () => {
  const stream = new ReplyStream();
  stream.take(delta(0, "Fine 🙂 "));
  assert.equal(stream.take(delta(7, "thanks")), false);
  assert.equal(stream.text, "Fine 🙂 thanks");
});

test("a missed piece is asked for, and nothing with a hole in it is shown", () => {
  const stream = new ReplyStream();
  stream.take(delta(0, "One "));
  assert.equal(stream.take(delta(8, "three ")), true);
  assert.equal(stream.text, "One ");
  assert.equal(stream.take(delta(0, "One two three ")), false);
  assert.equal(stream.text, "One two three ");
});

test("who comes in the middle goes on from what the page of entries tells", () => {
  const stream = new ReplyStream();
  stream.catchUp({ message: "bot/3", attempt: 1, text: "One two " });
  assert.equal(stream.take(delta(8, "three ")), false);
  stream.catchUp({ message: "bot/3", attempt: 1, text: "One " });
  assert.equal(stream.text, "One two three ");
});

test("written again by another process it begins anew, and late words of the first one are passed over", () => {
  const stream = new ReplyStream();
  stream.take(delta(0, "One two "));
  assert.equal(stream.take(delta(4, "words ", { attempt: 2 })), true);
  assert.equal(stream.text, "");
  stream.take(delta(0, "Other words ", { attempt: 2 }));
  assert.equal(stream.take(delta(8, "three ")), false);
  assert.equal(stream.text, "Other words ");
});

test("the message itself ends it, a receipt does not, and nothing late brings it back", () => {
  const stream = new ReplyStream();
  stream.take(delta(0, "One two "));
  stream.hear(entry(3, "party", "mark"));
  stream.hear(entry(3, "party"));
  assert.equal(stream.text, "One two ");
  stream.hear(entry(3, "bot"));
  assert.equal(stream.text, "");
  assert.equal(stream.take(delta(8, "three ")), false);
  stream.catchUp({ message: "bot/3", attempt: 1, text: "One two " });
  assert.equal(stream.text, "");
});

test("a new line or an agent who takes over ends it, and the next answer is another", () => {
  const stream = new ReplyStream();
  stream.take(delta(0, "One two "));
  stream.hear(entry(4, "party"));
  assert.equal(stream.text, "");
  stream.take(delta(0, "Both ", { message: "bot/4" }));
  assert.equal(stream.text, "Both ");
  stream.hear(entry(5, "agent", "status"));
  assert.equal(stream.text, "");
});
