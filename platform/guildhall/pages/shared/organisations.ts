// Whom questions and exams are written for: the organisations in which one may, and the platform for its staff.
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
const STAFF = ["admin", "auditor"];

/** In this order they are offered: one's organisations by name, the platform last. */
export function ownersFor(roles: readonly string[], organisations: readonly OwnOrganisation[], within = LEADS): readonly Owner[] {
  const led = organisations.filter((one) => within.has(one.own_role)).map((one) => ({ id: one.organisation_id, name: one.name }));
  const sorted = led.toSorted((one, other) => one.name.localeCompare(other.name));
  return STAFF.some((role) => roles.includes(role)) ? [...sorted, PLATFORM] : sorted;
}

/** "" where it goes without saying: for those who work for one alone. */
export function sayOwner(owners: readonly Owner[] | null, organisationId: string): string {
  if (owners === null || (owners.length < 2 && owners.some((one) => one.id === organisationId))) return "";
  return owners.find((one) => one.id === organisationId)?.name ?? "Another organisation";
}

/** Those the person signed in may write for; null until it is known. `prefix` is where the asker's paths begin. */
export function useOwners(asks: Asks, prefix: string, within = LEADS): Read<readonly Owner[]> {
  const account = useRead<Account>(asks, `${prefix}/accounts/me`);
  const organisations = useRead<Items<OwnOrganisation>>(asks, `${prefix}/organisations`);
  const value = useMemo(
    () => (account.value === null || organisations.value === null ? null : ownersFor(account.value.roles, organisations.value.items, within)),
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
