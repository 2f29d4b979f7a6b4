import { useState } from "preact/hooks";
import type { Account, Told as Words } from "../shared/accounts";
import type { Api } from "../shared/api";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import { InboxHint } from "../shared/inbox_hint";
import { Part, Told } from "./part";

export function EmailPart({ api, account }: { api: Api; account: Account }) {
  const [told, setTold] = useState<{ words: string; email: string } | null>(null);
  const form = useSubmit<Words>(
    (entered) => {
      setTold(null);
      return api.ask("POST", "/v1/accounts/me/email", { email: entered.text("email") });
    },
    ({ message }, entered) => setTold({ words: message, email: entered.text("email") }),
  );
  return (
    <Part id="email-part" title="E-mail address">
      <p>
        You sign in with <strong data-testid="email">{account.email}</strong>
      </p>
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <Field
          name="email"
          label="New address"
          type="email"
          autocomplete="email"
          hint="A link sent there confirms it. Until then everything stays as it is."
          problem={form.problem}
        />
        <p class="acts">
          <Submit busy={form.busy} testid="change-email">
            Change address
          </Submit>
        </p>
      </form>
      <Told words={told?.words ?? null} />
      {told === null ? null : <InboxHint api={api} address={told.email} />}
    </Part>
  );
}
