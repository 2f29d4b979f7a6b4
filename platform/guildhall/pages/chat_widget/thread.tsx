import type { Talk } from "../shared/chat/talk";
import type { Entry } from "../shared/chat/told";
import { Files } from "../shared/chat/files";
import { useStayAtEnd } from "../shared/chat/stay_at_end";
import type { Words } from "./words";
import { nameOfAgent } from "./panel";

interface ThreadProps {
  readonly talk: Talk;
  readonly words: Words;
  readonly isShown: boolean;
  readonly onEdit: (text: string) => void;
  readonly onChoose: (text: string) => void;
}

/** What was said, and below it what is on its way. New lines are spoken; whoever has scrolled up is left in peace. */
export function Thread({ talk, words, isShown, onEdit, onChoose }: ThreadProps) {
  const { log, sender } = talk;
  // What was acknowledged and is in the log already is not shown twice while it leaves the outbox.
  const said = new Set(log.entries.map((each) => each.client_id));
  const waiting = sender.waiting.filter((each) => !said.has(each.client_id));
  const shown = log.entries.filter((each) => each.kind === "message" || sayTurn(each, log.entries, words) !== "");
  const writing = talk.stream.text;
  const typing = [...talk.typing].map(([by, name]) => words.isTyping(name || (by === "bot" ? words.bot : words.person)));
  const { box, onScroll } = useStayAtEnd([log.last, waiting.length, typing.length, writing, isShown]);
  const [delivered, read] = log.othersGot;
  const lastOwn = log.entries.findLast((each) => each.kind === "message" && each.by === log.you);
  const last = shown.at(-1);

  return (
    <div
      class="thread"
      ref={box}
      tabIndex={0}
      role="group"
      aria-label={words.log}
      onScroll={onScroll}
    >
      <div role="log" aria-live="polite" aria-label={words.log} data-testid="log">
      <ol>
        {shown.map((entry) =>
          entry.kind === "status" ? (
            <li key={entry.number} class="turn">
              {sayTurn(entry, log.entries, words)}
            </li>
          ) : (
            <li key={entry.number} class={entry.by === log.you ? "own" : "other"} data-testid="message" data-number={entry.number}>
              <span class="who">{whoSays(entry, log.you, words)}</span>
              {entry.text === "" ? null : <p dir="auto">{entry.text}</p>}
              {(entry.files ?? []).length === 0 ? null : <Files files={entry.files ?? []} link={talk.linkFile} open={words.openFile} />}
              {entry.reply?.is_truncated ? <span class="meta">{words.cutShort}</span> : null}
              {entry.reply != null && entry.reply.cited.length > 0 ? (
                <span class="meta" data-testid="sources">
                  {entry.reply.is_generated ? words.generatedFrom : words.sources} {entry.reply.cited.map((each) => each.title).join(", ")}
                </span>
              ) : null}
              {entry === last && entry.reply != null && entry.reply.choices.length > 0 ? (
                <span class="choices">
                  {entry.reply.choices.map((choice) => (
                    <button type="button" key={choice.text} onClick={() => onChoose(choice.text)} data-testid="choice">
                      {choice.text}
                    </button>
                  ))}
                </span>
              ) : null}
              <span class="meta">
                <time dateTime={new Date(entry.at_ms).toISOString()}>
                  {new Date(entry.at_ms).toLocaleTimeString(words.locale, { hour: "2-digit", minute: "2-digit" })}
                </time>
                {entry === lastOwn ? (
                  <span data-testid="receipt">
                    {" · "}
                    {entry.number <= read ? words.read : entry.number <= delivered ? words.delivered : words.sent}
                  </span>
                ) : null}
              </span>
            </li>
          ),
        )}
        {waiting.map((each) => (
          <li key={each.client_id} class="own waiting" data-testid="waiting">
            <span class="who">{words.you}</span>
            {each.text === "" ? null : <p dir="auto">{each.text}</p>}
            {(each.files ?? []).map((file) => (
              <span key={file.name} class="meta">
                {file.name}
              </span>
            ))}
            {each.refused === null ? (
              <span class="meta">{words.sending}</span>
            ) : (
              <span class="meta failed">
                {words.failed}: {each.refused}{" "}
                <button
                  type="button"
                  onClick={() => {
                    void sender.discard(each.client_id);
                    onEdit(each.text);
                  }}
                >
                  {words.takeBack}
                </button>
              </span>
            )}
          </li>
        ))}
      </ol>
      </div>
      {writing === "" ? null : (
        // Not in the live region: it is spoken once, whole, when it is said.
        <ol class="writing">
          <li class="other" data-testid="writing" aria-busy="true">
            <span class="who">{words.bot}</span>
            <p dir="auto">{writing}</p>
          </li>
        </ol>
      )}
      <p class="typing" data-testid="typing">
        {typing.join(" ")}
      </p>
    </div>
  );
}

function whoSays(entry: Entry, you: string, words: Words): string {
  if (entry.by === you) return words.you;
  if (entry.name !== "") return entry.name;
  return entry.role === "bot" || entry.role === "system" ? words.bot : words.person;
}

function sayTurn(entry: Entry, entries: readonly Entry[], words: Words): string {
  switch (entry.turn) {
    case "take":
    case "assign":
    case "transfer":
      return words.joined(nameOfAgent(entries, entry.owner) || words.person);
    case "requeue":
      return words.left;
    case "reopen":
      return entry.kind === "status" ? words.reopened : "";
    case "late":
      return words.late;
    case "contact":
      return words.addressLeft;
    case "resolve":
      return words.resolved;
    default:
      return "";
  }
}
