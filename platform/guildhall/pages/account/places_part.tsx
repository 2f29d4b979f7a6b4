import type { Account } from "../shared/accounts";
import type { Api } from "../shared/api";
import { PlacesList } from "../shared/places_list";
import { Part } from "./part";

/** The way to one's work, before what the account is made of. */
export function PlacesPart({ api, account }: { api: Api; account: Account }) {
  return (
    <Part id="places" title="Your work">
      <PlacesList api={api} account={account} />
    </Part>
  );
}
