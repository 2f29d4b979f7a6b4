import { useState } from "preact/hooks";
import type { Api } from "../api";
import "./talk_opener.css";
import { TalkPart } from "./talk_part";

interface OpenerProps {
  readonly api: Api;
  /** A POST there opens the conversation. */
  readonly path: string;
  /** The part of the address that opens it at once, where a notice leads there. */
  readonly anchor?: string;
  readonly open: string;
  readonly close: string;
  /** What it is about: for those who hear the page. */
  readonly about: string;
  readonly label: string;
  readonly answeredBy: string | "the other side";
  readonly invites: string;
}

/** A button that opens a conversation below it. */
export function TalkOpener({ api, path, anchor, open, close, about, label, answeredBy, invites }: OpenerProps) {
  const [isOpen, setOpen] = useState(anchor !== undefined && location.hash === `#${anchor}`);
  return (
    <div class="asking">
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} data-testid="ask">
        {isOpen ? close : open}
        <span class="unseen">: {about}</span>
      </button>
      {isOpen ? <TalkPart api={api} path={path} label={label} answeredBy={answeredBy} invites={invites} /> : null}
    </div>
  );
}

interface OtherSideProps {
  readonly api: Api;
  readonly path: string;
  /** Whom one writes to. */
  readonly name: string;
  readonly about: string;
}

/** The two sides of an application or of a contract, who talk alone until one of them calls the house in. */
export function TalkToOtherSide({ api, path, name, about }: OtherSideProps) {
  return (
    <TalkOpener
      api={api}
      path={path}
      open={`Write to ${name}`}
      close="Close the conversation"
      about={about}
      label={`Conversation with ${name} about ${about}`}
      answeredBy="the other side"
      invites={`What you write here, ${name} reads, and nobody else unless one of you asks Guildhall to join.`}
    />
  );
}
