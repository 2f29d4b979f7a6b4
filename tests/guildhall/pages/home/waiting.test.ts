import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, type Told } from "../../../../platform/guildhall/pages/home/waiting";

const DAY = 86_400_000;
const NOTHING: Told = { onboarding: null, applications: [], contracts: [], postings: [], exams: [], reviews: { waiting: 0, hasMore: false } };
const next = (actor: string, by_ms: number | null = null) => ({ actor, says: "Do it.", by_ms });
const contract = (side: string, actor: string, by_ms: number | null = null) => ({ contract_id: `con_${side}_${actor}`, title: "Chart", side, client: "Press", agent: "Ada", next: next(actor, by_ms) });
const exam = (more: object) => ({ id: "inv_1", title: "Basics", closes_at_ms: 10 * DAY, is_practice: false, may_begin: true, attempts: [], ...more });
const posting = (more: object) => ({ opportunity_id: "opp_1", state: "open", title: "Tables", client: "Press", closes_at_ms: 5 * DAY, applications: {}, ...more });

test("what ends first stands first, and what has no end comes after", () => {
  const told = { ...NOTHING, contracts: [contract("agent", "agent"), contract("client", "client", 3)], exams: [exam({ closes_at_ms: 2 })], onboarding: { state: "in_progress", next: { ...next("agent", 1), step: "skills" } } };
  assert.deepEqual(linesOf(told, 0).map((one) => one.byMs), [1, 2, 3, null]);
});

test("whose turn it is is told from the reader's own side", () => {
  const yours = (side: string, actor: string) => linesOf({ ...NOTHING, contracts: [contract(side, actor)] }, 0).map((one) => one.isYours);
  assert.deepEqual(yours("agent", "agent"), [true]);
  assert.deepEqual(yours("agent", "client"), [false]);
  assert.deepEqual(yours("client", "both"), [true]);
  assert.deepEqual(yours("staff", "both"), [false]);
  assert.deepEqual(yours("staff", "staff"), [true]);
  assert.deepEqual(yours("agent", "system"), []);
  assert.deepEqual(yours("agent", "nobody"), []);
});

test("a step of the way in leads to its place, and one that others take does not", () => {
  const hrefs = (actor: string) => linesOf({ ...NOTHING, onboarding: { state: "in_progress", next: { ...next(actor), step: "skills" } } }, 0).map((one) => [one.href, one.isYours]);
  assert.deepEqual(hrefs("agent"), [["/onboarding#skills", true]]);
  assert.deepEqual(hrefs("reviewer"), [["/onboarding", false]]);
  assert.deepEqual(hrefs("nobody"), []);
});

test("a way in that was never begun waits only for whoever has nothing else", () => {
  const onboarding = { state: "not_started", next: { ...next("agent"), step: "" } };
  assert.deepEqual(linesOf({ ...NOTHING, onboarding }, 0).map((one) => one.key), ["onboarding"]);
  assert.deepEqual(linesOf({ ...NOTHING, onboarding, postings: [posting({ state: "draft" })] }, 0).map((one) => one.key), ["opp_1"]);
});

test("an exam waits until it was sat once, while it is open or under way, and a practice run never does", () => {
  const says = (more: object) => linesOf({ ...NOTHING, exams: [exam(more)] }, 0).map((one) => one.says);
  assert.deepEqual(says({}), ["It is open, and you may begin."]);
  assert.deepEqual(says({ attempts: [{ state: "submitted" }] }), []);
  assert.deepEqual(says({ may_begin: false, attempts: [{ state: "in_progress" }] }), ["You have begun it: go on."]);
  assert.deepEqual(says({ may_begin: false }), []);
  assert.deepEqual(says({ is_practice: true }), []);
});

test("an exam that is open without an end hurries nobody", () => {
  assert.deepEqual(linesOf({ ...NOTHING, exams: [exam({ closes_at_ms: 5000 * DAY })] }, 0).map((one) => one.byMs), [null]);
});

test("a posting waits for its client while applications have no answer, or while it is a draft", () => {
  const says = (more: object) => linesOf({ ...NOTHING, postings: [posting(more)] }, 0).map((one) => one.says);
  assert.deepEqual(says({ applications: { submitted: 2 } }), ["2 applications wait for an answer."]);
  assert.deepEqual(says({ applications: { submitted: 1 } }), ["1 application waits for an answer."]);
  assert.deepEqual(says({ applications: { shortlisted: 3 } }), []);
  assert.equal(says({ state: "draft" }).length, 1);
});

test("an administrator is told how many opportunities wait, as far as that was counted", () => {
  const says = (waiting: number, hasMore: boolean) => linesOf({ ...NOTHING, reviews: { waiting, hasMore } }, 0).map((one) => [one.says, one.isYours]);
  assert.deepEqual(says(0, false), []);
  assert.deepEqual(says(1, false), [["1 waits to be looked at.", true]]);
  assert.deepEqual(says(100, true), [["More than 100 wait to be looked at.", true]]);
});
