import { useEffect, useState } from "preact/hooks";
import type { DemoPerson, Items } from "../shared/accounts";
import { openApi } from "../shared/page_api";

const PATH = "/v1/demo/people";
const CODE_CHANGES_MS = 10_000;

/** Who the demo's people are, for whoever wants to sign in by hand. A server without a demo has nobody to show. */
export function People() {
  const [people, setPeople] = useState<readonly DemoPerson[]>([]);
  useEffect(() => {
    const api = openApi();
    const read = async (): Promise<void> => {
      if (document.hidden) return;
      const answer = await api.askAnyone<Items<DemoPerson>>("GET", PATH);
      if ("reply" in answer) setPeople(answer.reply.items);
      else if (answer.problem.status === 404) clearInterval(timer);
    };
    const timer = setInterval(() => void read(), CODE_CHANGES_MS);
    void read();
    return () => clearInterval(timer);
  }, []);
  if (people.length === 0) return null;
  return (
    <section class="people" data-testid="people">
      <h2>The people of this demo</h2>
      <p>
        The two buttons above sign you in as Ada and as Grace. You can do it by hand as well: <a href="/sign-in">sign in</a>{" "}
        with an address and the password below; who has an authenticator app is then asked for the code it shows, which
        stands here and changes every half minute. Or <a href="/sign-up">sign up</a> as yourself: no mail leaves this
        server, it waits in <a href="/mailbox">its mailbox</a>.
      </p>
      <ul>
        {people.map((person) => (
          <li key={person.email} data-testid="person">
            <strong>{person.name}</strong>
            <span class="eyebrow">{person.role}</span>
            <dl>
              <dt>E-mail</dt>
              <dd>{person.email}</dd>
              <dt>Password</dt>
              <dd>{person.password}</dd>
              <dt>Code</dt>
              <dd>{person.code ?? "none is asked for"}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}
