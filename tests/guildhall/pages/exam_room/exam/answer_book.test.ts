import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerGiven, AnswerShown, Receipted, Response } from "../../../../../platform/guildhall/pages/shared/exam";
import { AnswerBook } from "../../../../../platform/guildhall/pages/exam_room/exam/answer_book";
import type { Kept } from "../../../../../platform/guildhall/pages/exam_room/outbox/outbox";

const text = (words: string): Response => ({ kind: "written", text: words });
const stored = (number: number, words: string): AnswerShown => ({
  slot_id: "q1",
  response: text(words),
  flagged: false,
  number,
  hash: `h${number}`,
  at_ms: 1000 * number,
});
const receipt = (given: AnswerGiven, number: number, more: Partial<Receipted> = {}): { answer: AnswerGiven; outcome: Receipted } => ({
  answer: given,
  outcome: { key: given.key, number, hash: `h${number}`, at_ms: 1000 * number, in_force: true, instead: null, is_late: false, ...more },
});
const waiting = (given: AnswerGiven): Kept => ({ ...given, place: 1, stage: "sent", problem: null });

function writeAndTake(book: AnswerBook, words: string, key = "k1"): AnswerGiven {
  book.write("q1", text(words), false);
  const [given] = book.take(["q1"], () => key, 0);
  assert.ok(given !== undefined);
  return given;
}

test("an answer is called saved only by its receipt, and the time is the receipt's", () => {
  const book = new AnswerBook();
  assert.equal(book.of("q1").safety, "none");
  book.write("q1", text("A"), false);
  assert.equal(book.of("q1").safety, "typing");
  const [given] = book.take(null, () => "k1", 0);
  assert.ok(given !== undefined);
  assert.equal(book.of("q1").safety, "waiting");
  book.waits([waiting(given)]);
  book.kept("q1");
  assert.deepEqual(book.of("q1"), { response: text("A"), flagged: false, safety: "waiting", savedAtMs: null, problem: null });
  book.settle([receipt(given, 3)]);
  book.waits([]);
  assert.deepEqual(book.of("q1"), { response: text("A"), flagged: false, safety: "saved", savedAtMs: 3000, problem: null });
});

test("what is typed while its forerunner is on its way stays on the page when the receipt comes, and is based on it", () => {
  const book = new AnswerBook();
  const first = writeAndTake(book, "A");
  book.waits([waiting(first)]);
  book.kept("q1");
  book.write("q1", text("AB"), false);
  book.settle([receipt(first, 7)]);
  book.waits([]);
  assert.deepEqual([book.of("q1").response, book.of("q1").safety], [text("AB"), "typing"]);
  assert.equal(writeAndTake(book, "ABC", "k2").based_on, 7);
});

test("what is written before the receipt of its forerunner names it, so that it is never taken for another device's", () => {
  const book = new AnswerBook();
  const first = writeAndTake(book, "A", "k1");
  const second = writeAndTake(book, "AB", "k2");
  assert.deepEqual([first.follows, second.follows], [null, "k1"]);
});

test("an answer begun over one that was shown says so, even if another device's arrives before it is sent", () => {
  const book = new AnswerBook();
  book.adopt([stored(2, "old")]);
  book.write("q1", text("mine"), false);
  book.adopt([stored(5, "from the phone")]);
  assert.equal(book.take(null, () => "k1", 0)[0]?.based_on, 2);
  assert.deepEqual(book.of("q1").response, text("mine"));
});

test("a collision is asked about; using mine writes it again over theirs", () => {
  const book = new AnswerBook();
  const mine = writeAndTake(book, "mine");
  book.kept("q1");
  book.settle([receipt(mine, 6, { in_force: false, instead: stored(5, "theirs") })]);
  book.waits([]);
  assert.equal(book.of("q1").safety, "conflict");
  book.useMine("q1");
  const again = book.take(null, () => "k2", 0)[0];
  assert.deepEqual([again?.response, again?.based_on], [text("mine"), 5]);
});

test("keeping the other answer shows it, and writes nothing", () => {
  const book = new AnswerBook();
  const mine = writeAndTake(book, "mine");
  book.kept("q1");
  book.settle([receipt(mine, 6, { in_force: false, instead: stored(5, "theirs") })]);
  book.keepOther("q1");
  assert.deepEqual([book.of("q1").response, book.of("q1").safety], [text("theirs"), "saved"]);
  assert.deepEqual(book.take(null, () => "k2", 0), []);
});

test("two devices that wrote the same are no collision", () => {
  const book = new AnswerBook();
  const mine = writeAndTake(book, "same");
  book.kept("q1");
  book.settle([receipt(mine, 6, { in_force: false, instead: stored(5, "same") })]);
  assert.equal(book.of("q1").safety, "saved");
});

test("what the server told before a receipt does not undo the receipt", () => {
  const book = new AnswerBook();
  const given = writeAndTake(book, "new");
  book.kept("q1");
  book.settle([receipt(given, 4)]);
  book.adopt([stored(3, "older")]);
  assert.deepEqual(book.of("q1").response, text("new"));
});

test("a receipt after the end is told apart: it does not count as saved", () => {
  const book = new AnswerBook();
  const given = writeAndTake(book, "too late");
  book.kept("q1");
  book.settle([receipt(given, 9, { is_late: true, in_force: false })]);
  book.waits([]);
  assert.equal(book.late.size, 1);
  assert.equal(book.of("q1").response, null);
});
