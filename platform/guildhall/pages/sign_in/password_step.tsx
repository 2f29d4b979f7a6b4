import type { SecondFactorAsked, SessionOpened } from "../shared/accounts";
import type { Api } from "../shared/api";
import { Failure, Field, PasswordField, Submit, useSubmit } from "../shared/form";

/** Who are you, and what only you know. The refusal has the same words for every reason; the mailbox may know more. */
export function PasswordStep(props: { api: Api; go: (opened: SessionOpened | SecondFactorAsked) => void }) {
  const form = useSubmit<SessionOpened | SecondFactorAsked>(
    (entered) =>
      props.api.askAnyone("POST", "/v1/auth/sign-in", {
        email: entered.text("email"),
        password: entered.secret("password"),
      }),
    props.go,
  );
  return (
    <section class="sheet">
      <h1>Sign in</h1>
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <Field name="email" label="E-mail address" type="email" autocomplete="username" problem={form.problem} focused />
        <PasswordField name="password" label="Password" autocomplete="current-password" problem={form.problem} />
        <Submit busy={form.busy} testid="sign-in">
          Sign in
        </Submit>
      </form>
      <p class="aside">
        <a href="/reset-password">Forgot your password?</a>
      </p>
      <p class="aside">
        New here? <a href={`/sign-up${location.search}`}>Sign up</a>
      </p>
    </section>
  );
}
