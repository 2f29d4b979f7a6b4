import { useEffect, useState } from "preact/hooks";
import { newClientId } from "../shared/chat/outbox";
import type { Talk } from "../shared/chat/talk";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { DeskRoom } from "./desk_room";
import { sayAbout, sayAge } from "./saying";
import type { DeskConversation, Note } from "./told";
import { Why } from "./why";

/** What agents know of a conversation and its parties do not see: notes and tags; where it came from, and what was before. */
export function Aside({ room, conversation, talk }: { room: DeskRoom; conversation: DeskConversation; talk: Talk | null }) {
  const { url, title, locale } = conversation.context;
  return (
    <details class="aside" open={window.innerWidth > 900}>
      <summary>In short, notes, tags and where they come from</summary>
      <Why room={room} conversation={conversation} talk={talk} />
      {conversation.rating === 0 ? null : (
        <p class="hint" data-testid="rated">
          Rated {conversation.rating} of 5{conversation.rating_text === "" ? "." : `: “${conversation.rating_text}”`}
        </p>
      )}
      <Tags room={room} conversation={conversation} />
      <Notes room={room} conversation={conversation} />
      {conversation.kind !== "visitor" ? (
        <p class="hint" data-testid="context">
          {sayAbout(conversation)}
        </p>
      ) : url ? (
        <p class="hint" data-testid="context">
          Writes from {title ? `“${title}”, ` : ""}
          {url}
          {locale ? ` (${locale})` : ""}
        </p>
      ) : null}
      {conversation.contact === "" ? null : (
        <p class="hint" data-testid="contact">
          Left an address: {conversation.contact}. What they do not read here is mailed there.
        </p>
      )}
      <p>
        <button type="button" onClick={() => void room.saveTranscript()} data-testid="save-transcript">
          Save the transcript
        </button>
      </p>
      <Earlier room={room} conversation={conversation} />
    </details>
  );
}

function Tags({ room, conversation }: { room: DeskRoom; conversation: DeskConversation }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = async (tags: readonly string[]): Promise<void> => setProblem(await room.tag(tags));
  return (
    <div class="tags">
      {conversation.tags.map((tag) => (
        <button type="button" key={tag} aria-label={`Remove the tag ${tag}`} onClick={() => void set(conversation.tags.filter((each) => each !== tag))}>
          {tag} ×
        </button>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const tag = String(new FormData(form).get("tag") ?? "").trim();
          if (tag !== "") void set([...conversation.tags, tag]).then(() => form.reset());
        }}
      >
        <input name="tag" aria-label="Another tag" placeholder="Another tag" maxLength={40} data-testid="tag" />
      </form>
      <Failure problem={problem} />
    </div>
  );
}

function Notes({ room, conversation }: { room: DeskRoom; conversation: DeskConversation }) {
  const [notes, setNotes] = useState<readonly Note[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [clientId, setClientId] = useState(newClientId);
  const path = `/v1/desk/conversations/${conversation.id}/notes`;
  const read = async (): Promise<void> => {
    const answer = await room.api.ask<{ notes: readonly Note[] }>("GET", path);
    if ("reply" in answer) setNotes(answer.reply.notes);
    else setProblem(answer.problem);
  };
  useEffect(() => void read(), [conversation.id]);
  const write = async (form: HTMLFormElement): Promise<void> => {
    const text = String(new FormData(form).get("note") ?? "").trim();
    if (text === "") return;
    // The same id until it is known to be there: a note that is sent twice is one note.
    const answer = await room.api.ask<Note>("POST", path, { client_id: clientId, text });
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    form.reset();
    setClientId(newClientId());
    await read();
  };
  return (
    <div class="notes">
      <ul>
        {notes.map((each) => (
          <li key={each.number} data-testid="note">
            <span class="who">
              {each.name}, {sayAge(Date.now() - each.at_ms)} ago
            </span>
            <p>{each.text}</p>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void write(event.currentTarget);
        }}
      >
        <textarea id="note" name="note" rows={2} maxLength={4000} aria-label="A note for other agents" placeholder="A note for other agents; the visitor never sees it" data-testid="write-note" />
        <button type="submit">Keep the note</button>
      </form>
      <Failure problem={problem} />
    </div>
  );
}

function Earlier({ room, conversation }: { room: DeskRoom; conversation: DeskConversation }) {
  const [earlier, setEarlier] = useState<readonly DeskConversation[]>([]);
  useEffect(() => {
    const path = `/v1/desk/conversations/${conversation.id}/earlier`;
    void room.api.ask<{ conversations: readonly DeskConversation[] }>("GET", path).then((answer) => {
      if ("reply" in answer) setEarlier(answer.reply.conversations);
    });
  }, [conversation.id]);
  if (earlier.length === 0) return null;
  return (
    <div>
      <h3>Other conversations with them</h3>
      <ul>
        {earlier.map((each) => (
          <li key={each.id}>
            <button type="button" class="row" onClick={() => void room.show(each)}>
              <span class="last">{each.last_text || "Nothing said"}</span>
              <span class="age">
                {each.state}, {sayAge(Date.now() - each.last_at_ms)} ago
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
