import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../../../../platform/guildhall/pages/shared/chat/told";
import type { DeskConversation, WhyCard } from "../../../../platform/guildhall/pages/desk/told";
import { sayCard, summarise } from "../../../../platform/guildhall/pages/desk/summary";

const said = (number: number, role: Entry["role"], text: string, more: Partial<Entry> = {}): Entry =>
  ({ number, role, text, kind: "message", by: role, name: "", turn: "", at_ms: Date.now(), ...more }) as Entry;
const card = (kind: WhyCard["kind"], question: string): WhyCard => ({
  number: 2,
  asked_number: 1,
  question,
  kind,
  outcome: "",
  why: {
    rule: "nothing_known",
    matcher: "m1",
    candidates: [{ entry_id: "faq_1", title: "Opening hours", probability: 0.42 }],
    took_ms: 3,
    tokens: 0,
    redacted: ["card"],
    ai: "",
  },
});
const conversation = { state: "queued" } as DeskConversation;

test("whoever takes over reads first what was asked, what the bot made of it, and since when they are waited for", () => {
  const entries = [
    said(1, "party", "When are you\nopen?"),
    said(2, "bot", "I have no answer."),
    said(3, "party", "A person, please", { turn: "escalate" }),
  ];
  const lines = summarise(entries, [card("hand_on", "When are you open?")], conversation);
  assert.deepEqual(lines, [
    "First asked: “When are you open?”",
    "Wrote 2 messages, the last: “A person, please”",
    "It had no answer to “When are you open?”.",
    "Has waited for a person for 0 s.",
  ]);
  assert.deepEqual(summarise([said(1, "system", "Hello!")], [], conversation), []);
});

test("a why card is one line with the rule, the nearest entry, the cost and what was masked", () => {
  assert.equal(
    sayCard(card("hand_on", "When?")),
    "Handed on (rule: nothing known), nearest “Opening hours” 42 %, matcher m1, 3 ms, masked: card.",
  );
});
