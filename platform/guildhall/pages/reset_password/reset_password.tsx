import { render } from "preact";
import { useState } from "preact/hooks";
import type { Told } from "../shared/accounts";
import { Failure, Field, PasswordField, Submit, useSubmit } from "../shared/form";
import { InboxHint } from "../shared/inbox_hint";
import { Masthead } from "../shared/masthead";
import { Notice } from "../shared/notice";
import { openApi } from "../shared/page_api";
import { claimToken, dropToken } from "../shared/token";
import "./reset_password.css";

const PAGE = "/reset-password";
const api = openApi();

function AskForLink() {
  const [told, setTold] = useState<{ words: string; email: string } | null>(null);
  const form = useSubmit<Told>(
    (entered) => api.askAnyone("POST", "/v1/auth/password-reset", { email: entered.text("email") }),
    ({ message }, entered) => setTold({ words: message, email: entered.text("email") }),
  );
  if (told !== null) {
    return (
      <Notice icon="connected" title="Look into your mailbox" testid="asked" focused>
        <p role="status">{told.words}</p>
        <p>Open the link in that mail to choose a new password. Until you do, the old one stays.</p>
        <InboxHint api={api} address={told.email} />
      </Notice>
    );
  }
  return (
    <section class="sheet">
      <h1>Forgot your password?</h1>
      <p>Tell us your address, and we send you a link to choose a new one.</p>
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <Field name="email" label="E-mail address" type="email" autocomplete="username" problem={form.problem} focused />
        <Submit busy={form.busy} testid="ask-reset">
          Send me the link
        </Submit>
      </form>
      <p class="aside">
        <a href="/sign-in">Back to signing in</a>
      </p>
    </section>
  );
}

function ChoosePassword({ token, another }: { token: string; another: () => void }) {
  const [told, setTold] = useState<string | null>(null);
  const form = useSubmit<Told>(
    (entered) =>
      api.askAnyone("POST", "/v1/auth/password-reset/confirm", { token, password: entered.secret("password") }),
    ({ message }) => {
      dropToken(PAGE);
      setTold(message);
    },
  );
  if (told !== null) {
    return (
      <Notice icon="connected" title="Done" testid="done" focused>
        <p role="status">{told}</p>
        <p>
          <a href="/sign-in">Sign in</a>
        </p>
      </Notice>
    );
  }
  return (
    <section class="sheet">
      <h1>Choose a new password</h1>
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <PasswordField
          name="password"
          label="New password"
          autocomplete="new-password"
          hint="Long is what counts: a few words that you can remember."
          problem={form.problem}
          focused
        />
        <Submit busy={form.busy} testid="choose-password">
          Use this password
        </Submit>
      </form>
      <p class="aside">
        <button type="button" class="as-link" onClick={another}>
          Send me another link
        </button>
      </p>
    </section>
  );
}

function ResetPassword({ given }: { given: string | null }) {
  const [token, setToken] = useState(given);
  const forget = (): void => {
    dropToken(PAGE);
    setToken(null);
  };
  return (
    <>
      <Masthead>
        <a href="/sign-in">Sign in</a>
      </Masthead>
      <main>{token === null ? <AskForLink /> : <ChoosePassword token={token} another={forget} />}</main>
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ResetPassword given={claimToken(PAGE)} />, page);
