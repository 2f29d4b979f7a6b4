import assert from "node:assert/strict";
import { test } from "node:test";
import { type OwnOrganisation, ownersFor, PLATFORM, sayOwner, WORKS } from "../../../../platform/guildhall/pages/shared/organisations";

const of = (name: string, own_role: string): OwnOrganisation => ({ organisation_id: `org_${name}`, name, own_role });
const names = (roles: readonly string[], ...organisations: OwnOrganisation[]): string[] =>
  ownersFor(roles, organisations).map((one) => one.name);

test("one writes for the organisations one leads, and for the platform as its staff", () => {
  assert.deepEqual(names(["agent"], of("Zinc", "owner"), of("Amber", "manager"), of("Copper", "member")), ["Amber", "Zinc"]);
  assert.deepEqual(names(["admin"], of("Zinc", "owner")), ["Zinc", PLATFORM.name]);
  assert.deepEqual(names(["agent"], of("Copper", "finance")), []);
});

test("a member marks where they may not write", () => {
  assert.deepEqual(ownersFor(["agent"], [of("Copper", "member")], WORKS).map((one) => one.id), ["org_Copper"]);
});

test("whose something is goes without saying for those who work for one alone", () => {
  const one = ownersFor(["agent"], [of("Zinc", "owner")]);
  assert.equal(sayOwner(one, "org_Zinc"), "");
  assert.equal(sayOwner(null, "org_Zinc"), "");
  const two = ownersFor(["admin"], [of("Zinc", "owner")]);
  assert.equal(sayOwner(two, "org_Zinc"), "Zinc");
  assert.equal(sayOwner(two, ""), PLATFORM.name);
  assert.equal(sayOwner(one, "org_else"), "Another organisation");
});
