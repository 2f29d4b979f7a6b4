import { render } from "preact";
import { useState } from "preact/hooks";
import type { Told } from "../shared/accounts";
import { Failure, Field, PasswordField, Submit, useSubmit } from "../shared/form";
import { InboxHint } from "../shared/inbox_hint";
import { Masthead } from "../shared/masthead";
import { Notice } from "../shared/notice";
import { openApi } from "../shared/page_api";
import "./sign_up.css";

const api = openApi();

function SignUp() {
  const [told, setTold] = useState<{ words: string; email: string } | null>(null);
  const form = useSubmit<Told>(
    (entered) =>
      api.askAnyone("POST", "/v1/auth/sign-up", {
        email: entered.text("email"),
        password: entered.secret("password"),
        name: entered.text("name"),
      }),
    ({ message }, entered) => setTold({ words: message, email: entered.text("email") }),
  );
  return (
    <>
      <Masthead>
        <a href={`/sign-in${location.search}`}>Sign in</a>
      </Masthead>
      <main>
        {told === null ? (
          <section class="sheet">
            <h1>Sign up</h1>
            <form class="form" onSubmit={form.onSubmit}>
              <Failure problem={form.problem} />
              <Field name="name" label="Your name" autocomplete="name" maxLength={80} problem={form.problem} focused />
              <Field name="email" label="E-mail address" type="email" autocomplete="username" problem={form.problem} />
              <PasswordField
                name="password"
                label="Password"
                autocomplete="new-password"
                hint="Long is what counts: a few words that you can remember."
                problem={form.problem}
              />
              <Submit busy={form.busy} testid="sign-up">
                Sign up
              </Submit>
            </form>
            <p class="aside">
              Signed up before? <a href={`/sign-in${location.search}`}>Sign in</a>
            </p>
          </section>
        ) : (
          <Notice icon="connected" title="Look into your mailbox" testid="asked" focused>
            <p role="status">{told.words}</p>
            <p>Open the link in that mail to confirm the address, then sign in. The link works for a short while only.</p>
            <InboxHint api={api} address={told.email} />
          </Notice>
        )}
      </main>
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<SignUp />, page);
