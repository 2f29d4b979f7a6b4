import { useState } from "preact/hooks";
import type { Account, Told as Words } from "../shared/accounts";
import type { Api } from "../shared/api";
import { Failure, PasswordField, Submit, useSubmit } from "../shared/form";
import { Part, Told } from "./part";

export function PasswordPart({ api, account }: { api: Api; account: Account }) {
  const [told, setTold] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const form = useSubmit<Words>(
    (entered) => {
      setTold(null);
      return api.ask("POST", "/v1/accounts/me/password", {
        current_password: entered.secret("current_password"),
        new_password: entered.secret("new_password"),
      });
    },
    ({ message }) => {
      setTold(message);
      setRound(round + 1);
    },
  );
  return (
    <Part id="password-part" title="Password">
      <form class="form" onSubmit={form.onSubmit} key={round}>
        <Failure problem={form.problem} />
        <input type="text" autocomplete="username" value={account.email} readOnly hidden />
        <PasswordField
          name="current_password"
          label="Current password"
          autocomplete="current-password"
          problem={form.problem}
        />
        <PasswordField
          name="new_password"
          label="New password"
          autocomplete="new-password"
          hint="You are signed out everywhere else."
          problem={form.problem}
        />
        <p class="acts">
          <Submit busy={form.busy} testid="change-password">
            Change password
          </Submit>
        </p>
      </form>
      <Told words={told} />
    </Part>
  );
}
