import { useEffect, useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { Talk } from "../shared/chat/talk";
import type { DeskRoom } from "./desk_room";
import { sayCard, summarise } from "./summary";
import type { DeskConversation, WhyCard } from "./told";

interface WhyProps {
  readonly room: DeskRoom;
  readonly conversation: DeskConversation;
  readonly talk: Talk | null;
}

/** For whoever takes over: what was asked, what the bot made of it and why; and what it should have said. */
export function Why({ room, conversation, talk }: WhyProps) {
  const [cards, setCards] = useState<readonly WhyCard[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const path = `/v1/desk/conversations/${conversation.id}`;
  const read = async (): Promise<void> => {
    const answer = await room.api.ask<{ cards: readonly WhyCard[] }>("GET", `${path}/automatic-answers`);
    if ("reply" in answer) setCards(answer.reply.cards);
    else setProblem(answer.problem);
  };
  const bots = talk?.log.entries.findLast((each) => each.role === "bot")?.number ?? 0;
  useEffect(() => void (conversation.has_bot && read()), [conversation.id, bots]);
  const correct = async (card: WhyCard, entryId: string): Promise<void> => {
    const answer = await room.api.ask("POST", `${path}/corrections`, { number: card.number, entry_id: entryId });
    setProblem("problem" in answer ? answer.problem : null);
    await read();
  };
  const lines = talk === null || !talk.isRead ? [] : summarise(talk.log.entries, cards, conversation);
  return (
    <div class="why">
      {lines.length === 0 ? null : (
        <>
          <h3>In short</h3>
          <ul data-testid="summary">
            {lines.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </>
      )}
      {cards.length === 0 ? null : (
        <details>
          <summary data-testid="why">Why the bot said what it said</summary>
          <ol>
            {cards.map((card) => (
              <li key={card.asked_number} data-testid="why-card">
                <q>{card.question}</q>
                <p>{sayCard(card)}</p>
                {card.number === 0 || card.outcome !== "" ? null : (
                  <form
                    class="choose"
                    onSubmit={(event) => {
                      event.preventDefault();
                      void correct(card, String(new FormData(event.currentTarget).get("entry") ?? ""));
                    }}
                  >
                    <select name="entry" aria-label="It should have been">
                      {card.why.candidates.map((each) => (
                        <option key={each.entry_id} value={each.entry_id}>
                          {each.title}
                        </option>
                      ))}
                      <option value="">None of these</option>
                    </select>
                    <button type="submit">Should have been</button>
                  </form>
                )}
              </li>
            ))}
          </ol>
        </details>
      )}
      <Failure problem={problem} />
    </div>
  );
}
