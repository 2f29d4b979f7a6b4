import { Files } from "./files";
import { useStayAtEnd } from "./stay_at_end";
import type { Talk } from "./talk";
import type { Entry } from "./told";

interface SaidProps {
  readonly talk: Talk;
  readonly isOurs: (entry: Entry) => boolean;
  readonly sayName: (entry: Entry) => string;
  /** What a turn, a rating or the like is told as; "" for nothing. */
  readonly sayTurn: (entry: Entry) => string;
  /** How far the other side got. */
  readonly got: readonly [delivered: number, read: number];
  /** Of somebody who writes and has not said their name. */
  readonly unnamed: string;
}

/** What was said, and below it what is on its way, as pages for people with an account show it. */
export function Said({ talk, isOurs, sayName, sayTurn, got, unnamed }: SaidProps) {
  const { log } = talk;
  const said = new Set(log.entries.map((each) => each.client_id));
  const waiting = talk.sender.waiting.filter((each) => !said.has(each.client_id));
  const { box, onScroll } = useStayAtEnd([log.last, waiting.length]);
  const [delivered, read] = got;
  const lastOwn = log.entries.findLast((each) => each.kind === "message" && each.by === log.you);
  const typing = [...talk.typing.values()].map((name) => name || unnamed);
  return (
    <div class="thread" ref={box} onScroll={onScroll} tabIndex={0} role="group" aria-label="What was said">
      <div role="log" aria-live="polite" aria-label="Messages" data-testid="log">
        <ol>
          {log.entries.map((each) => {
            if (each.kind === "message") {
              return (
                <li key={each.number} class={isOurs(each) ? "ours" : "theirs"} data-testid="message">
                  <span class="who">
                    {sayName(each)} · <When atMs={each.at_ms} />
                  </span>
                  {each.text === "" ? null : <p dir="auto">{each.text}</p>}
                  {(each.files ?? []).length === 0 ? null : <Files files={each.files ?? []} link={talk.linkFile} open="Open" />}
                  {each === lastOwn ? (
                    <span class="who" data-testid="receipt">
                      {each.number <= read ? "Read" : each.number <= delivered ? "Delivered" : "Sent"}
                    </span>
                  ) : null}
                </li>
              );
            }
            const words = sayTurn(each);
            return words === "" ? null : (
              <li key={each.number} class="turn-told" data-testid={each.kind === "rating" ? "rating" : undefined}>
                {words}
              </li>
            );
          })}
          {waiting.map((each) => (
            <li key={each.client_id} class="ours" data-testid="waiting">
              {each.text === "" ? null : <p dir="auto">{each.text}</p>}
              {(each.files ?? []).map((file) => (
                <span key={file.name} class="who">
                  {file.name}
                </span>
              ))}
              <span class="who">{each.refused === null ? "Sending…" : `Not sent: ${each.refused}`}</span>
              {each.refused === null ? null : (
                <button type="button" onClick={() => void talk.sender.discard(each.client_id)}>
                  Discard
                </button>
              )}
            </li>
          ))}
        </ol>
      </div>
      <p class="who typing">{typing.length === 0 ? "" : `${typing.join(", ")} ${typing.length === 1 ? "is" : "are"} typing…`}</p>
    </div>
  );
}

/** The time of today, and the day of what is older: a conversation about an exam goes on for weeks. */
function When({ atMs }: { readonly atMs: number }) {
  const at = new Date(atMs);
  const isToday = at.toDateString() === new Date().toDateString();
  const day: Intl.DateTimeFormatOptions = isToday ? {} : { day: "numeric", month: "short" };
  return <time dateTime={at.toISOString()}>{at.toLocaleString([], { hour: "2-digit", minute: "2-digit", ...day })}</time>;
}
