import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Items, DemoMail } from "../shared/accounts";
import type { Answer } from "../shared/line";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import { mailboxPath } from "../shared/inbox_hint";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { Notice } from "../shared/notice";
import { openApi } from "../shared/page_api";
import { sayClock } from "../shared/wording";
import { splitAtLinks } from "./links";
import "./mailbox.css";

const LOOK_AGAIN_MS = 2000;
const api = openApi();

const look = (address: string): Promise<Answer<Items<DemoMail>>> => api.askAnyone("GET", mailboxPath(address));

function Mailbox() {
  const [address, setAddress] = useState(new URLSearchParams(location.search).get("address") ?? "");
  const [mails, setMails] = useState<readonly DemoMail[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    if (address === "") return undefined;
    let current = true;
    const lookAgain = async (): Promise<void> => {
      if (document.hidden) return;
      const answer = await look(address);
      if (!current) return;
      setProblem("problem" in answer ? answer.problem : null);
      if ("reply" in answer) setMails(answer.reply.items);
    };
    void lookAgain();
    const timer = setInterval(() => void lookAgain(), LOOK_AGAIN_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [address]);

  const form = useSubmit<string>(
    async (entered) => ({ reply: entered.text("address") }),
    (wanted) => {
      history.replaceState(null, "", `/mailbox?address=${encodeURIComponent(wanted)}`);
      setMails(null);
      setAddress(wanted);
    },
  );

  if (problem?.status === 404) {
    return (
      <Notice icon="unseen" title="There is no mailbox here" testid="no-mailbox">
        <p>This server sends real mail: look into your own mailbox.</p>
        <p>
          <a href="/">Back to the start</a>
        </p>
      </Notice>
    );
  }
  return (
    <>
      <h1>Mailbox</h1>
      <p class="lead">This server is for trying things out. Its mails stay here instead of leaving.</p>
      <form class="form whose" onSubmit={form.onSubmit}>
        <Field name="address" label="Mails to" type="email" autocomplete="email" value={address} focused={address === ""} />
        <Submit busy={form.busy} testid="look">
          Look
        </Submit>
      </form>
      <Failure problem={problem} />
      {address === "" || mails === null ? null : mails.length === 0 ? (
        <p class="empty" role="status">
          No mail to {address} yet. New ones appear by themselves.
        </p>
      ) : (
        <ol class="mails" aria-label={`Mails to ${address}, newest first`}>
          {mails.map((mail) => (
            <Mail key={`${mail.at_ms} ${mail.subject}`} mail={mail} />
          ))}
        </ol>
      )}
    </>
  );
}

function Mail({ mail }: { mail: DemoMail }) {
  return (
    <li data-testid="mail">
      <header>
        <h2>{mail.subject}</h2>
        <time dateTime={new Date(mail.at_ms).toISOString()}>{sayClock(mail.at_ms)}</time>
      </header>
      <p class="letter">
        {splitAtLinks(mail.text).map((part, place) =>
          "link" in part ? (
            <a key={place} href={location.origin + part.path}>
              {part.link}
            </a>
          ) : (
            part.text
          ),
        )}
      </p>
    </li>
  );
}

const page = document.getElementById("page");
if (page !== null) {
  render(
    <>
      <Masthead>
        <a href="/sign-in">Sign in</a>
      </Masthead>
      <main>
        <Mailbox />
      </main>
    </>,
    page,
  );
}
