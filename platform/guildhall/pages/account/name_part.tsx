import { useState } from "preact/hooks";
import type { Account } from "../shared/accounts";
import type { Api } from "../shared/api";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import { Part, Told } from "./part";

export function NamePart(props: { api: Api; account: Account; changed: (account: Account) => void }) {
  const [told, setTold] = useState<string | null>(null);
  const form = useSubmit<Account>(
    (entered) => {
      setTold(null);
      return props.api.ask("PATCH", "/v1/accounts/me", { name: entered.text("name") });
    },
    (account) => {
      setTold("Your name is changed.");
      props.changed(account);
    },
  );
  return (
    <Part id="name-part" title="Your name">
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <Field name="name" label="Name" autocomplete="name" value={props.account.name} maxLength={80} problem={form.problem} />
        <p class="acts">
          <Submit busy={form.busy} testid="rename">
            Change name
          </Submit>
        </p>
      </form>
      <Told words={told} />
    </Part>
  );
}
