import type { Api } from "../shared/api";
import { TalkOpener } from "../shared/chat/talk_opener";

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
  return (
    <TalkOpener
      api={api}
      path={path}
      anchor={anchor}
      open="Ask about this exam"
      close="Close the questions"
      about={title}
      label={`Questions about ${title}`}
      answeredBy="whoever supervises this exam"
      invites="Ask what you want to know before the exam, or about its result. Whoever supervises it answers here. During the exam, write to your proctor in the exam room: that is quicker."
    />
  );
}
