import type { Account, Items } from "../shared/accounts";
import type { Api } from "../shared/api";
import type { OwnOrganisation } from "../shared/organisations";
import { placesFor } from "../shared/places";
import { useRead } from "../shared/reading";
import { Part } from "./part";

/** The way to one's work: what an account is for, before what it is made of. */
export function PlacesPart({ api, account }: { api: Api; account: Account }) {
  const organisations = useRead<Items<OwnOrganisation>>(api, "/v1/organisations");
  const organisationRoles = organisations.value?.items.map((one) => one.own_role) ?? [];
  return (
    <Part id="places" title="Your work">
      <ul class="places">
        {placesFor(account.roles, organisationRoles).map((place) => (
          <li key={place.href}>
            <a href={place.href}>{place.title}</a> <span>{place.what}</span>
          </li>
        ))}
        <li>
          <a href="/organisations">Organisations</a> <span>Those you belong to, who is in them, and founding one.</span>
        </li>
        <li>
          <a href="/webhooks">Webhooks</a> <span>What you are told, told to your own systems as well.</span>
        </li>
      </ul>
    </Part>
  );
}
