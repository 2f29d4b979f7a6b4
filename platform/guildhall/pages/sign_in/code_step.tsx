import { useState } from "preact/hooks";
import type { SessionOpened } from "../shared/accounts";
import type { Api } from "../shared/api";
import { Failure, Field, Submit, useSubmit } from "../shared/form";

/** The second step: a code of the app, or one of the codes kept for the day the phone is gone. */
export function CodeStep(props: { api: Api; flow: string; go: (opened: SessionOpened) => void; again: () => void }) {
  const [lost, setLost] = useState(false);
  const form = useSubmit<SessionOpened>(
    (entered) => props.api.askAnyone("POST", "/v1/auth/second-factor", { flow: props.flow, code: entered.text("code") }),
    props.go,
  );
  return (
    <section class="sheet" data-testid="code-step">
      <h1>One step more</h1>
      <form class="form" onSubmit={form.onSubmit} key={String(lost)}>
        <p>
          {lost
            ? "Enter one of the recovery codes you kept. Each works once."
            : "Open your authenticator app and enter the six digits it shows for Guildhall."}
        </p>
        <Failure problem={form.problem} />
        {lost ? (
          <Field name="code" label="Recovery code" autocomplete="off" maxLength={40} problem={form.problem} focused />
        ) : (
          <Field
            name="code"
            label="Code"
            autocomplete="one-time-code"
            inputMode="numeric"
            maxLength={12}
            problem={form.problem}
            focused
          />
        )}
        <Submit busy={form.busy} testid="prove">
          Sign in
        </Submit>
      </form>
      <p class="aside">
        <button type="button" class="as-link" onClick={() => setLost(!lost)}>
          {lost ? "Use a code from the app" : "No access to the app? Use a recovery code"}
        </button>
      </p>
      <p class="aside">
        <button type="button" class="as-link" onClick={props.again}>
          Begin again
        </button>
      </p>
    </section>
  );
}
