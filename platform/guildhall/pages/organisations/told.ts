// What crosses HTTP about an organisation: the mirror of accounts/messages (OrganisationShown), and its roles in words.

export type Role = "owner" | "manager" | "finance" | "member";

export interface Member {
  readonly account_id: string;
  readonly name: string;
  readonly role: Role;
  readonly since_ms: number;
}

export interface Invitation {
  readonly invitation_id: string;
  readonly email: string;
  readonly role: Role;
  readonly expires_at_ms: number;
}

export interface Organisation {
  readonly organisation_id: string;
  readonly rev: number;
  readonly slug: string;
  readonly name: string;
  readonly own_role: Role | null;
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
}

export const ROLES: readonly Role[] = ["owner", "manager", "finance", "member"];
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  owner: "Owner: everything, the organisation itself too",
  manager: "Manager: writes, invites, marks and releases",
  finance: "Finance: what was earned and owed",
  member: "Member: marks",
};
export const ROLE_NAMES: Readonly<Record<Role, string>> = { owner: "Owner", manager: "Manager", finance: "Finance", member: "Member" };

/** Owners appoint anybody, managers all but owners: accounts/rules/memberships.py. */
export function appoints(own: Role | null): readonly Role[] {
  if (own === "owner") return ROLES;
  return own === "manager" ? ROLES.filter((role) => role !== "owner") : [];
}

/** What an organisation called so goes by in addresses; "" where nothing of its name can stand there. */
export function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll(/\p{Mark}/gu, "").toLowerCase();
  return plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 40).replace(/-+$/, "");
}
