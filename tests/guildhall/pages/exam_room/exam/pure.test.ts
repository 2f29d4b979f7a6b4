import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClockShown, CreditShown, Question } from "../../../../../platform/guildhall/pages/shared/exam";
import { completeOrder, movePart } from "../../../../../platform/guildhall/pages/exam_room/exam/ordering";
import { readPrompt } from "../../../../../platform/guildhall/pages/exam_room/exam/prompt_text";
import { countCharacters, countWords, isAnswered, misfit, sayNumber } from "../../../../../platform/guildhall/pages/exam_room/exam/responses";
import { Viewing } from "../../../../../platform/guildhall/pages/exam_room/exam/viewing";
import { announce, leftMs, newCredits, sayCountdown, sayCredit } from "../../../../../platform/guildhall/pages/exam_room/exam/timing";

const CLOCK: ClockShown = {
  server_time_ms: 0,
  is_running: true,
  started_at_ms: 0,
  deadline_ms: 90_000,
  left_ms: 90_000,
  budget_ms: 90_000,
  break_ms_left: 0,
  credits: [],
};
const OUTAGE: CreditShown = { kind: "outage", began_at_ms: 0, ended_at_ms: 40_000, credited_ms: 40_000, reason: "" };

test("the time left runs to the server's deadline, stands while the clock stands, and never goes below nothing", () => {
  assert.equal(leftMs(CLOCK, 30_000), 60_000);
  assert.equal(leftMs(CLOCK, 100_000), 0);
  assert.equal(leftMs({ ...CLOCK, is_running: false, deadline_ms: null, left_ms: 42_000 }, 100_000), 42_000);
});

test("a question's time is what it stood on the screen, said once, with what it had before somebody looked elsewhere", () => {
  const viewing = new Viewing();
  viewing.look("q1", 1000);
  viewing.look("q2", 4000);
  viewing.look("q1", 9000);
  assert.equal(viewing.take("q1", 10_000), 3000 + 1000);
  viewing.look(null, 12_000); // hidden, or the clock stands
  viewing.look("q1", 60_000);
  assert.equal(viewing.take("q1", 60_500), 2000 + 500);
  assert.equal(viewing.take("q1", 60_500), 0);
  assert.equal(viewing.take("q2", 60_500), 5000);
});

test("a countdown says nothing is left only when nothing is", () => {
  assert.deepEqual([1, 61_000, 3_909_000, 0].map(sayCountdown), ["0:01", "1:01", "1:05:09", "0:00"]);
});

test("15, 5 and 1 minutes are said once each, and the lowest where several were slept through", () => {
  assert.equal(announce(901_000, 900_000), "15 minutes are left.");
  assert.equal(announce(900_000, 899_000), null);
  assert.equal(announce(901_000, 50_000), "1 minute is left.");
  assert.equal(announce(299_000, 400_000), null, "time was given back");
});

test("time given back is told once it is known, with what, when and how much", () => {
  const open = { ...OUTAGE, ended_at_ms: null, credited_ms: 0 };
  assert.deepEqual(newCredits([], [open]), []);
  assert.deepEqual(newCredits([open], [OUTAGE]), [OUTAGE]);
  assert.deepEqual(newCredits([OUTAGE], [OUTAGE]), []);
  assert.match(sayCredit(OUTAGE), /our server was away\. 40 s given back\.$/);
  assert.match(sayCredit({ ...OUTAGE, kind: "reopening" }), /your exam was over, until it was opened again\. 40 s given back\.$/);
  assert.match(sayCredit({ ...OUTAGE, kind: "pause", reason: "a fire alarm" }), /paused your exam.*Reason: a fire alarm$/);
});

test("the text of a question becomes paragraphs and code, and stays text whatever it looks like", () => {
  assert.deepEqual(readPrompt("What does `x += 1` do?\nSay it.\n\n<b>Not bold</b> ` alone"), [
    {
      kind: "paragraph",
      spans: [
        { text: "What does ", isCode: false },
        { text: "x += 1", isCode: true },
        { text: " do?\nSay it.", isCode: false },
      ],
    },
    { kind: "paragraph", spans: [{ text: "<b>Not bold</b> ` alone", isCode: false }] },
  ]);
  assert.deepEqual(readPrompt("Look:\n\n```python\nfor x in y:\n\n    pass\n```\nWhy?"), [
    { kind: "paragraph", spans: [{ text: "Look:", isCode: false }] },
    { kind: "code", text: "for x in y:\n\n    pass" },
    { kind: "paragraph", spans: [{ text: "Why?", isCode: false }] },
  ]);
  assert.equal(JSON.stringify(readPrompt("```\nnever closed")).includes("```"), true);
});

test("a part moves by one, to the ends and no further; an old order gets the parts it does not name", () => {
  assert.deepEqual(movePart(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
  assert.deepEqual(movePart(["a", "b", "c"], 2, -1), ["c", "a", "b"]);
  assert.deepEqual(movePart(["a", "b", "c"], 0, 9), ["b", "c", "a"]);
  assert.deepEqual(completeOrder(["c", "gone"], ["a", "b", "c"]), ["c", "a", "b"]);
});

test("blanks are no answer, words and characters are counted as people count them", () => {
  assert.equal(isAnswered({ kind: "written", text: "  \n" }), false);
  assert.equal(isAnswered({ kind: "matched", pairs: { a: "x" } }), true);
  assert.equal(countWords("  one two\nthree "), 3);
  assert.equal(countCharacters("👩🏽‍🏫é"), 5);
});

test("an answer beyond its length is told before the server has to refuse it", () => {
  const question: Question = { kind: "short_text", prompt: { text: "?", pictures: [] }, characters_max: 5 };
  assert.equal(misfit(question, { kind: "written", text: "12345" }), null);
  assert.match(misfit(question, { kind: "written", text: "123456" })?.detail ?? "", /longer than 5 characters/);
});

test("a number that is being typed is helped along, never refused", () => {
  for (const fine of ["", " 3.14 ", "-0.5", "+7", "1e-9", ".5", "12."]) assert.equal(sayNumber(fine), null);
  assert.match(sayNumber("3,14") ?? "", /after a point/);
  assert.match(sayNumber("about 3") ?? "", /does not read as a number/);
});
