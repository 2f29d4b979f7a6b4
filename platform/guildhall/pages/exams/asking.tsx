import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { TalkPart } from "../shared/chat/talk_part";

interface AskingProps {
  readonly api: Api;
  /** A POST there opens the conversation. */
  readonly path: string;
  /** The part of the address that opens it at once: a notice leads there. */
  readonly anchor: string;
  readonly title: string;
}

/** A question about an exam, before it or after: whoever supervises it answers here. */
export function Asking({ api, path, anchor, title }: AskingProps) {
  const [isOpen, setOpen] = useState(location.hash === `#${anchor}`);
  return (
    <div class="asking">
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} data-testid="ask">
        {isOpen ? "Close the questions" : "Ask about this exam"}
        <span class="unseen">: {title}</span>
      </button>
      {isOpen ? (
        <TalkPart
          api={api}
          path={path}
          label={`Questions about ${title}`}
          answeredBy="whoever supervises this exam"
          invites="Ask what you want to know before the exam, or about its result. Whoever supervises it answers here. During the exam, write to your proctor in the exam room: that is quicker."
        />
      ) : null}
    </div>
  );
}
