import type { Enrolled, RecoveryCodes } from "../shared/accounts";
import type { Api } from "../shared/api";
import { focusOnce } from "../shared/focus";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import { QrCode } from "./qr_code";
import { groupSecret } from "./secret";

/** The secret on its way into an app, scanned or typed; nothing counts before the app's first code. */
export function Enrolment(props: {
  api: Api;
  enrolled: Enrolled;
  confirmed: (codes: readonly string[]) => void;
  cancel: () => void;
}) {
  const { enrolled } = props;
  const form = useSubmit<RecoveryCodes>(
    (entered) => props.api.ask("POST", "/v1/accounts/me/second-factor/confirm", { code: entered.text("code") }),
    ({ codes }) => props.confirmed(codes),
  );
  return (
    <div class="enrolment">
      <QrCode text={enrolled.uri} label="QR code for your authenticator app; the same secret stands beside it as text" />
      <div class="form">
        <p tabIndex={-1} ref={focusOnce}>
          Scan this with your authenticator app. It cannot scan? Type this secret into it:
        </p>
        <p>
          <code class="secret" data-testid="secret">
            {groupSecret(enrolled.secret)}
          </code>
        </p>
        <p class="aside">
          On this device: <a href={enrolled.uri}>open it in the app</a>
        </p>
        <form class="form" onSubmit={form.onSubmit}>
          <Failure problem={form.problem} />
          <Field
            name="code"
            label="The code it shows now"
            autocomplete="one-time-code"
            inputMode="numeric"
            maxLength={12}
            hint="You are signed out everywhere else."
            problem={form.problem}
          />
          <p class="acts">
            <Submit busy={form.busy} testid="confirm-second-factor">
              Confirm
            </Submit>
            <button type="button" onClick={props.cancel}>
              Not now
            </button>
          </p>
        </form>
      </div>
    </div>
  );
}
