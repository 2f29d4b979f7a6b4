// For whom questions are written, marked and released: the organisations in which one may, and the platform for its staff.
import { useMemo } from "preact/hooks";
import type { Account, Items } from "./accounts";
import { type Asks, type Read, useRead } from "./reading";

export interface OwnOrganisation {
  readonly organisation_id: string;
  readonly name: string;
  readonly own_role: string;
}

/** `id` is what the API takes as organisation_id; the platform's own things have an empty one. */
export interface Owner {
  readonly id: string;
  readonly name: string;
}

export const PLATFORM: Owner = { id: "", name: "The platform" };
/** Roles within an organisation, as accounts/permissions.py has them: who writes and releases, and who marks. */
export const LEADS: ReadonlySet<string> = new Set(["owner", "manager"]);
export const WORKS: ReadonlySet<string> = new Set([...LEADS, "member"]);

/** Whom accounts/permissions.py lets do something: by their role in an organisation, or in the platform for its own. */
export interface Use {
  readonly within: ReadonlySet<string>;
  readonly staff: ReadonlySet<string>;
}
const ADMINS: ReadonlySet<string> = new Set(["admin"]);
export const AUTHORING: Use = { within: LEADS, staff: ADMINS };
export const MARKING: Use = { within: WORKS, staff: ADMINS };
/** Who is taken in is decided by the house, not by an organisation. */
export const REVIEWS: Use = { within: new Set(), staff: ADMINS };
/** Who answers visitors, and who their candidates. */
export const DESK: Use = { within: new Set(), staff: new Set(["admin", "support", "proctor"]) };
/** Who posts work for their organisation; the platform posts none. */
export const HIRING: Use = { within: LEADS, staff: new Set() };
/** Who spends an organisation's money. */
export const PURSES: Use = { within: new Set(["owner", "finance"]), staff: new Set() };
export const RESULTS: Use = { within: LEADS, staff: new Set(["admin", "auditor"]) };

/** By somebody's roles on the platform and those within organisations. */
export function isOpenTo(use: Use, roles: readonly string[], organisationRoles: readonly string[]): boolean {
  return roles.some((role) => use.staff.has(role)) || organisationRoles.some((role) => use.within.has(role));
}

/** In this order they are offered: one's organisations by name, the platform last. */
export function ownersFor(use: Use, roles: readonly string[], organisations: readonly OwnOrganisation[]): readonly Owner[] {
  const those = organisations.filter((one) => use.within.has(one.own_role)).map((one) => ({ id: one.organisation_id, name: one.name }));
  const sorted = those.toSorted((one, other) => one.name.localeCompare(other.name));
  return isOpenTo(use, roles, []) ? [...sorted, PLATFORM] : sorted;
}

/** "" where it goes without saying: for those who work for one alone. */
export function sayOwner(owners: readonly Owner[] | null, organisationId: string): string {
  if (owners === null || (owners.length < 2 && owners.some((one) => one.id === organisationId))) return "";
  return owners.find((one) => one.id === organisationId)?.name ?? "Another organisation";
}

/** Those the person signed in may do it for; null until it is known. `prefix` is where the asker's paths begin. */
export function useOwners(asks: Asks, prefix: string, use: Use): Read<readonly Owner[]> {
  const account = useRead<Account>(asks, `${prefix}/accounts/me`);
  const organisations = useRead<Items<OwnOrganisation>>(asks, `${prefix}/organisations`);
  const value = useMemo(
    () => (account.value === null || organisations.value === null ? null : ownersFor(use, account.value.roles, organisations.value.items)),
    [account.value, organisations.value],
  );
  return {
    value,
    problem: account.problem ?? organisations.problem,
    put: () => undefined,
    again: () => {
      account.again();
      organisations.again();
    },
  };
}
