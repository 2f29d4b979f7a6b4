import type { Account, Items } from "./accounts";
import type { Api } from "./api";
import type { OwnOrganisation } from "./organisations";
import { placesFor } from "./places";
import { useRead } from "./reading";

/** The way to one's work: what an account is for. */
export function PlacesList({ api, account }: { api: Api; account: Account }) {
  const organisations = useRead<Items<OwnOrganisation>>(api, "/v1/organisations");
  const organisationRoles = organisations.value?.items.map((one) => one.own_role) ?? [];
  return (
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
  );
}
