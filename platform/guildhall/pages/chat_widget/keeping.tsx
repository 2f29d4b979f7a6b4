import { useState } from "preact/hooks";
import { newClientId } from "../shared/chat/outbox";
import type { Talk } from "../shared/chat/talk";
import type { Problem } from "../shared/messages";
import { saveBlob } from "../shared/save_file";
import { persist } from "./persist";
import type { Words } from "./words";

interface AddressProps {
  readonly words: Words;
  readonly label: string;
  readonly why: string;
  readonly act: string;
  readonly testId: string;
  readonly send: (email: string) => Promise<Problem | null>;
}

function Address({ words, label, why, act, testId, send }: AddressProps) {
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  return (
    <form
      class="address"
      onSubmit={(event) => {
        event.preventDefault();
        const email = String(new FormData(event.currentTarget).get("email") ?? "").trim();
        if (email === "" || busy) return;
        setBusy(true);
        void send(email).then((problem) => {
          setBusy(false);
          setTold(problem === null ? words.mailed : problem.status === 0 ? words.offline : Object.values(problem.fields ?? {})[0] ?? problem.detail);
        });
      }}
    >
      <input type="email" name="email" autocomplete="email" required maxLength={254} aria-label={label} placeholder={label} data-testid={testId} />
      <button type="submit" aria-disabled={busy}>
        {act}
      </button>
      <p class="hint" role="status">
        {told === "" ? why : told}
      </p>
    </form>
  );
}

/** Where nobody is there, or later than was said: an address that the answer is sent to as well. */
export function LeaveAddress({ talk, words }: { readonly talk: Talk; readonly words: Words }) {
  const send = (email: string): Promise<Problem | null> => {
    const clientId = newClientId();
    return persist(() => talk.leaveAddress(email, clientId));
  };
  return <Address words={words} label={words.yourAddress} why={words.addressWhy} act={words.leaveAddress} testId="contact" send={send} />;
}

/** The transcript, as a file or by mail. */
export function KeepChat({ talk, words }: { readonly talk: Talk; readonly words: Words }) {
  const save = async (): Promise<void> => {
    const answer = await talk.transcript();
    if ("reply" in answer) saveBlob(`${talk.id}.txt`, answer.reply);
  };
  return (
    <details class="keep">
      <summary data-testid="keep">{words.keepChat}</summary>
      <button type="button" onClick={() => void save()} data-testid="save">
        {words.save}
      </button>
      {talk.log.entries.some((each) => each.kind === "message" && (each.role === "agent" || each.role === "bot")) ? (
        <Address words={words} label={words.yourAddress} why="" act={words.mailIt} testId="mail-transcript" send={(email) => talk.mailTranscript(email)} />
      ) : null}
    </details>
  );
}
