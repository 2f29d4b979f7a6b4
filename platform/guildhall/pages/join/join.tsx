import { render } from "preact";
import { useState } from "preact/hooks";
import { Failure, Field, PasswordField, Submit, useSubmit } from "../shared/form";
import { Masthead } from "../shared/masthead";
import { signInAddress } from "../shared/next_path";
import { Notice } from "../shared/notice";
import { openApi } from "../shared/page_api";
import { claimToken, dropToken } from "../shared/token";
import "./join.css";

interface Joined {
  readonly name: string;
  readonly own_role: string;
}

const PAGE = "/join";
const api = openApi();

/** The link of an invitation: joins as whoever is signed in, else with the account that it makes. */
function Join({ token, as }: { token: string; as: string | null }) {
  const [joined, setJoined] = useState<Joined | null>(null);
  const form = useSubmit<Joined>(
    (entered) =>
      as === null
        ? api.askAnyone("POST", "/v1/invitations/accept", {
            token,
            name: entered.text("name"),
            password: entered.secret("password"),
          })
        : api.ask("POST", "/v1/invitations/accept", { token }),
    (reply) => {
      dropToken(PAGE);
      setJoined(reply);
    },
  );
  if (joined !== null) {
    const [address, words] = as === null ? ["/sign-in", "Sign in"] : ["/account", "Your account"];
    return (
      <Notice icon="connected" title={`You have joined ${joined.name}`} testid="joined" focused>
        <p role="status">You belong to it as {joined.own_role}.</p>
        <p>
          <a href={address}>{words}</a>
        </p>
      </Notice>
    );
  }
  return (
    <section class="sheet">
      <h1>You are invited</h1>
      {as === null ? (
        <p>
          Choose how you will sign in from now on. You have an account already?{" "}
          <a href={signInAddress(PAGE)}>Sign in</a> first.
        </p>
      ) : (
        <p>You join as {as}, who is signed in here.</p>
      )}
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        {as === null ? (
          <>
            <Field name="name" label="Your name" autocomplete="name" maxLength={80} problem={form.problem} />
            <PasswordField
              name="password"
              label="Password"
              autocomplete="new-password"
              hint="Long is what counts: a few words that you can remember."
              problem={form.problem}
            />
          </>
        ) : null}
        <Submit busy={form.busy} testid="join">
          Join
        </Submit>
      </form>
    </section>
  );
}

const token = claimToken(PAGE);
// Somebody who is signed in may have come with an empty tab: the cookie says who they are.
const opened = api.vault.read() ?? (await api.renew().then((answer) => ("reply" in answer ? answer.reply : null)));
const page = document.getElementById("page");
if (page !== null) {
  render(
    <>
      <Masthead />
      <main>
        {token === null ? (
          <Notice icon="refused" title="This link is not whole" testid="no-token">
            <p>Open the link from the mail once more, or copy all of it.</p>
          </Notice>
        ) : (
          <Join token={token} as={opened?.name ?? null} />
        )}
      </main>
    </>,
    page,
  );
}
