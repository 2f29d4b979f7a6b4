import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import { type Organisation, ROLE_WORDS, type Role } from "./told";

interface InviteProps {
  readonly api: Api;
  readonly path: string;
  readonly roles: readonly Role[];
  readonly invited: (words: string) => void;
}

/** Somebody is asked in by mail. The answer is the same whether they have an account or not. */
export function Invite({ api, path, roles, invited }: InviteProps) {
  const [round, setRound] = useState(0);
  const form = useSubmit(
    (entered) => api.ask("POST", `${path}/invitations`, { email: entered.text("email"), role: entered.text("role") }),
    (_, entered) => {
      setRound(round + 1);
      invited(`A mail with a link is on its way to ${entered.text("email")}.`);
    },
  );
  return (
    <form class="form" onSubmit={form.onSubmit} key={round}>
      <Failure problem={form.problem} />
      <Field name="email" label="Invite by e-mail address" type="email" autocomplete="off" problem={form.problem} />
      <p class="field">
        <label for="role">As</label>
        <select id="role" name="role" defaultValue="member">
          {roles.map((role) => (
            <option key={role} value={role} selected={role === "member"}>
              {ROLE_WORDS[role]}
            </option>
          ))}
        </select>
      </p>
      <p>
        <Submit busy={form.busy} testid="invite">
          Invite
        </Submit>
      </p>
    </form>
  );
}

/** Refused where somebody else changed the organisation meanwhile: what they see may not be what they rename. */
export function Rename({ api, path, shown, renamed }: { api: Api; path: string; shown: Organisation; renamed: () => void }) {
  const form = useSubmit<Organisation>((entered) => api.ask("PATCH", path, { name: entered.text("name") }, shown.rev), renamed);
  return (
    <section aria-labelledby="naming">
      <h3 id="naming">Its name</h3>
      <form class="form" onSubmit={form.onSubmit} key={shown.name}>
        <Failure problem={form.problem} />
        <Field name="name" label="Name" autocomplete="organization" value={shown.name} maxLength={80} problem={form.problem} />
        <p>
          <Submit busy={form.busy} testid="rename-organisation">
            Change the name
          </Submit>
        </p>
      </form>
    </section>
  );
}
