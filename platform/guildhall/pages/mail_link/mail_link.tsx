import { render } from "preact";
import { useState } from "preact/hooks";
import type { Verified } from "../shared/accounts";
import { Failure, Submit, useSubmit } from "../shared/form";
import { Masthead } from "../shared/masthead";
import { Notice } from "../shared/notice";
import { openApi } from "../shared/page_api";
import { claimToken, dropToken } from "../shared/token";
import "./mail_link.css";
import { PURPOSES, type Purpose } from "./purposes";

const api = openApi();

/** Nothing happens before the button: programs that look through mails open links as well, and must spend none. */
function MailLink({ purpose, path, token }: { purpose: Purpose; path: string; token: string }) {
  const [told, setTold] = useState<string | null>(null);
  const form = useSubmit<Verified>(
    () => api.askAnyone("POST", purpose.api, { token }),
    ({ message, reset_token }) => {
      dropToken(path);
      // Several signed up with this address: whoever proved that it is theirs says what its password is.
      if (reset_token) location.replace(`/reset-password#token=${encodeURIComponent(reset_token)}`);
      else setTold(message);
    },
  );
  const [address, words] = purpose.onward;
  if (told !== null) {
    return (
      <Notice icon="connected" title="Done" testid="done" focused>
        <p role="status">{told}</p>
        <p>
          <a href={address}>{words}</a>
        </p>
      </Notice>
    );
  }
  return (
    <section class="sheet">
      <h1>{purpose.title}</h1>
      <p>{purpose.what}</p>
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <Submit busy={form.busy} testid="confirm">
          {purpose.button}
        </Submit>
      </form>
      <p class="aside">
        {form.problem === null ? (
          "If you did not ask for this, close the page. Nothing happens then."
        ) : (
          <>
            Opened it before? <a href={address}>{words}</a>
          </>
        )}
      </p>
    </section>
  );
}

function LinkIncomplete() {
  return (
    <Notice icon="refused" title="This link is not whole" testid="no-token">
      <p>Open the link from the mail once more, or copy all of it. It may have been broken over two lines.</p>
      <p>
        <a href="/sign-in">Sign in</a>
      </p>
    </Notice>
  );
}

const path = location.pathname;
const purpose = PURPOSES[path];
const token = claimToken(path);
if (purpose !== undefined) document.title = `${purpose.title} · Guildhall`;
const page = document.getElementById("page");
if (page !== null) {
  render(
    <>
      <Masthead />
      <main>
        {purpose === undefined || token === null ? (
          <LinkIncomplete />
        ) : (
          <MailLink purpose={purpose} path={path} token={token} />
        )}
      </main>
    </>,
    page,
  );
}
