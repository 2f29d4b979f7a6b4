// What an agent must know before the first word, in a few lines made from the log and the why cards. Pure.
import type { Entry } from "../shared/chat/told";
import { sayAge } from "./saying";
import type { DeskConversation, WhyCard } from "./told";

const QUOTED_MAX = 140;

export function summarise(entries: readonly Entry[], cards: readonly WhyCard[], conversation: DeskConversation): readonly string[] {
  const said = entries.filter((each) => each.kind === "message");
  const theirs = said.filter((each) => each.role === "party");
  const first = theirs[0];
  if (first === undefined) return [];
  const lines = [`First asked: ${quote(first.text)}`];
  const last = theirs.at(-1);
  if (last !== undefined && last !== first) lines.push(`Wrote ${theirs.length} messages, the last: ${quote(last.text)}`);
  const answered = cards.filter((each) => each.kind === "answer");
  const unsure = cards.filter((each) => each.kind === "clarify");
  const gaveUp = cards.filter((each) => each.kind === "hand_on");
  if (answered.length > 0) lines.push(`The bot answered from ${listed(answered.map(titleOf))}.`);
  if (unsure.length > 0) lines.push(`It asked back about ${listed(unsure.map((each) => quote(each.question)))}.`);
  if (gaveUp.length > 0) lines.push(`It had no answer to ${listed(gaveUp.map((each) => quote(each.question)))}.`);
  const agents = new Set(said.filter((each) => each.role === "agent").map((each) => each.name || each.by));
  if (agents.size > 0) lines.push(`${listed([...agents])} answered before.`);
  const asked = entries.findLast((each) => each.turn === "escalate");
  if (asked !== undefined && conversation.state === "queued") lines.push(`Has waited for a person for ${sayAge(Date.now() - asked.at_ms)}.`);
  const reopened = entries.filter((each) => each.turn === "reopen").length;
  if (reopened > 0) lines.push(`Was resolved before, and opened again ${reopened === 1 ? "once" : `${reopened} times`}.`);
  return lines;
}

/** One line: what was looked at, how sure, by which rule, what it cost and how long it took. */
export function sayCard(card: WhyCard): string {
  const { why } = card;
  const kind = { answer: "Answered", clarify: "Asked back", hand_on: "Handed on", notice: "Said", "": "Nothing was said" }[card.kind];
  const best = why.candidates[0];
  const parts = [
    `${kind} (rule: ${why.rule.replaceAll("_", " ")})`,
    best === undefined ? "" : `nearest “${best.title}” ${Math.round(best.probability * 100)} %`,
    why.matcher === "" ? "" : `matcher ${why.matcher}`,
    `${why.took_ms} ms`,
    why.tokens > 0 ? `${why.tokens} tokens` : "",
    why.ai === "" ? "" : `AI: ${why.ai.replaceAll("_", " ")}`,
    why.redacted.length > 0 ? `masked: ${why.redacted.join(", ")}` : "",
  ];
  const outcome = card.outcome === "" ? "" : ` Known to be right: ${card.outcome === "none" ? "no entry" : titleFor(card, card.outcome)}.`;
  return `${parts.filter((each) => each !== "").join(", ")}.${outcome}`;
}

function titleOf(card: WhyCard): string {
  return quote(card.why.candidates[0]?.title ?? "an entry");
}

function titleFor(card: WhyCard, entryId: string): string {
  return quote(card.why.candidates.find((each) => each.entry_id === entryId)?.title ?? entryId);
}

function listed(words: readonly string[]): string {
  const different = [...new Set(words)];
  return different.length < 2 ? different.join("") : `${different.slice(0, -1).join(", ")} and ${different.at(-1)}`;
}

function quote(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  return `“${line.length > QUOTED_MAX ? `${line.slice(0, QUOTED_MAX - 1)}…` : line}”`;
}
