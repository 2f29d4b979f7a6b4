import { useEffect, useState } from "preact/hooks";
import type { DemoPerson, Items, SessionOpened } from "../shared/accounts";
import { openApi } from "../shared/page_api";
import { sayProblem } from "../shared/problems";
import { PLACES, TITLES } from "./places";

const PATH = "/v1/demo/people";
const CODE_CHANGES_MS = 10_000;

/** Who the demo's people are and where each of them works. A server without a demo has nobody to show. */
export function People() {
  const [people, setPeople] = useState<readonly DemoPerson[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
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

  const enter = async (person: DemoPerson, href: string): Promise<void> => {
    const problem = await signInAs(person, href);
    setFailure(problem);
  };
  return (
    <section class="people" data-testid="people" aria-labelledby="people-title">
      <h2 id="people-title">Look around as one of the demo’s people</h2>
      <p>
        Each of these signs this browser in as that person and goes there; a private window can be somebody else meanwhile.
        What asks for a second proof takes the code that stands on their card, and what takes two people takes Katherine and Dorothy.
        Or <a href="/sign-up">sign up</a> as yourself: no mail leaves this server, it waits in <a href="/mailbox">its mailbox</a>.
      </p>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {[...new Set(people.map((person) => person.role))].map((role) => (
        <RoleCard key={role} role={role} people={people.filter((person) => person.role === role)} enter={enter} />
      ))}
    </section>
  );
}

/** What there is for one role, and who of the demo has it. */
function RoleCard(props: { role: string; people: readonly DemoPerson[]; enter: (person: DemoPerson, href: string) => Promise<void> }) {
  const { role, people, enter } = props;
  return (
    <section class="card" data-testid={`role-${role}`}>
      <h3>{TITLES[role] ?? role}</h3>
      <ul class="places">
        {(PLACES[role] ?? []).map((place) => (
          <li key={place.href}>
            <strong>{place.name}</strong>
            <span class="about">{place.about}</span>
            <span class="as">
              {people.map((person) => (
                <button
                  type="button"
                  key={person.email}
                  onClick={() => void enter(person, place.href)}
                  data-testid={`go-${person.email}-${place.href.slice(1)}`}
                >
                  <span class="unseen">{place.name} </span>as {person.name.split(" ")[0]}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <details>
        <summary>Sign in by hand{people[0]?.code == null ? "" : "; codes"}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col">E-mail</th>
              <th scope="col">Password</th>
              <th scope="col">Code of this half minute</th>
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <tr key={person.email} data-testid="person">
                <th scope="row">{person.name}</th>
                <td>{person.email}</td>
                <td>{person.password}</td>
                <td>{person.code ?? "none is asked for"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

/** As by the sign-in page, by a cookie that renews itself; null and gone, or why not. */
async function signInAs(person: DemoPerson, href: string): Promise<string | null> {
  const api = openApi();
  const opened = await api.askAnyone<SessionOpened>("POST", "/v1/demo/sign-ins", {
    as: person.role,
    email: person.email,
    transport: "cookie",
  });
  if ("problem" in opened) return sayProblem(opened.problem);
  api.vault.keep(opened.reply);
  location.assign(href);
  return null;
}
