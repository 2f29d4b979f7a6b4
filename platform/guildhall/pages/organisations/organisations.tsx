import { render } from "preact";
import { useState } from "preact/hooks";
import type { Items } from "../shared/accounts";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { OwnOrganisation } from "../shared/organisations";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress, useComingBack } from "../shared/page_frame";
import { sayField } from "../shared/problems";
import { useRead } from "../shared/reading";
import { OrganisationPart } from "./organisation_part";
import "./organisations.css";
import { type Organisation, ROLE_NAMES, type Role, slugOf } from "./told";

const api = openApi();

/** One's organisations; with one chosen by the address, who belongs to it and who is invited. */
function OrganisationsPage() {
  const read = useRead<Items<OwnOrganisation>>(api, "/v1/organisations");
  const chosen = useAddress(() => read.again());
  useComingBack(() => read.again());
  return (
    <PageFrame title="Organisations" nav={<a href="/account">Your account</a>} read={read} waiting="Looking for your organisations…">
      {({ items }) => (chosen === "" ? <Own organisations={items} /> : <OrganisationPart key={chosen} api={api} organisationId={chosen} />)}
    </PageFrame>
  );
}

function Own({ organisations }: { organisations: readonly OwnOrganisation[] }) {
  return (
    <>
      {organisations.length === 0 ? (
        <p class="nothing" data-testid="no-organisation">
          You belong to no organisation. One that invites you sends a mail with a link; or found your own here, to write exams and have them
          sat, marked and certified in its name.
        </p>
      ) : (
        <ul class="lines" data-testid="organisations">
          {organisations.map((one) => (
            <li key={one.organisation_id}>
              <div>
                <strong>{one.name}</strong>
                <span class="since">{ROLE_NAMES[one.own_role as Role]}</span>
              </div>
              <a class="button" href={`#${one.organisation_id}`}>
                Open<span class="unseen">: {one.name}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <Founding />
    </>
  );
}

function Founding() {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const form = useSubmit<Organisation>(
    (entered) => api.ask("POST", "/v1/organisations", { name: entered.text("name"), slug: entered.text("slug") }),
    // A pass says which organisations one belongs to: a new one is needed before anything can be done in this one.
    (founded) => void api.renew().then(() => location.assign(`#${founded.organisation_id}`)),
  );
  const wrong = form.problem?.fields?.slug;
  return (
    <section aria-labelledby="found">
      <h2 id="found">Found an organisation</h2>
      <form class="form" onSubmit={form.onSubmit} onInput={(event) => event.target instanceof HTMLInputElement && event.target.name === "name" && setName(event.target.value)}>
        <Failure problem={form.problem} />
        <Field name="name" label="Its name" autocomplete="organization" maxLength={80} problem={form.problem} />
        <p class="field">
          <label for="slug">Its short name</label>
          <input
            id="slug"
            name="slug"
            value={slug ?? slugOf(name)}
            onInput={(event) => setSlug(event.currentTarget.value)}
            required
            minLength={3}
            maxLength={40}
            pattern="[a-z0-9][a-z0-9\-]*[a-z0-9]"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-invalid={wrong !== undefined}
            aria-describedby={wrong === undefined ? "slug-hint" : "slug-hint slug-wrong"}
          />
          <span class="hint" id="slug-hint">
            Small letters, digits and hyphens, three at least. It cannot be changed later.
          </span>
          {wrong === undefined ? null : (
            <span class="wrong" id="slug-wrong">
              {sayField(wrong)}
            </span>
          )}
        </p>
        <p>
          <Submit busy={form.busy} testid="found-organisation">
            Found it
          </Submit>
        </p>
      </form>
    </section>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<OrganisationsPage />, page);
