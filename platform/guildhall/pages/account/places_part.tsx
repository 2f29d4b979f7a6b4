import { useEffect, useState } from "preact/hooks";
import type { Account, Items } from "../shared/accounts";
import type { Api } from "../shared/api";
import { placesFor } from "../shared/places";
import { Part } from "./part";

interface OwnOrganisation {
  readonly own_role: string;
}

/** The way to one's work: what an account is for, before what it is made of. */
export function PlacesPart({ api, account }: { api: Api; account: Account }) {
  const [organisationRoles, setOrganisationRoles] = useState<readonly string[]>([]);
  useEffect(() => {
    void api.ask<Items<OwnOrganisation>>("GET", "/v1/organisations").then((answer) => {
      if ("reply" in answer) setOrganisationRoles(answer.reply.items.map((one) => one.own_role));
    });
  }, [account.account_id]);
  return (
    <Part id="places" title="Your work">
      <ul class="places">
        {placesFor(account.roles, organisationRoles).map((place) => (
          <li key={place.href}>
            <a href={place.href}>{place.title}</a> <span>{place.what}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
