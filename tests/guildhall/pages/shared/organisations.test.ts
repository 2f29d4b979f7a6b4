import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHORING, MARKING, type OwnOrganisation, ownersFor, PLATFORM, RESULTS, sayOwner } from "../../../../platform/guildhall/pages/shared/organisations";

const of = (name: string, own_role: string): OwnOrganisation => ({ organisation_id: `org_${name}`, name, own_role });
const names = (roles: readonly string[], ...organisations: OwnOrganisation[]): string[] =>
  ownersFor(AUTHORING, roles, organisations).map((one) => one.name);

test("one writes for the organisations one leads, and for the platform as its staff", () => {
  assert.deepEqual(names(["agent"], of("Zinc", "owner"), of("Amber", "manager"), of("Copper", "member")), ["Amber", "Zinc"]);
  assert.deepEqual(names(["admin"], of("Zinc", "owner")), ["Zinc", PLATFORM.name]);
  assert.deepEqual(names(["agent"], of("Copper", "finance")), []);
});

test("a member marks where they may not write", () => {
  assert.deepEqual(ownersFor(MARKING, ["agent"], [of("Copper", "member")]).map((one) => one.id), ["org_Copper"]);
});

test("an auditor reads results and is offered nothing else", () => {
  assert.deepEqual(ownersFor(RESULTS, ["auditor"], []), [PLATFORM]);
  assert.deepEqual(ownersFor(AUTHORING, ["auditor"], []), []);
  assert.deepEqual(ownersFor(MARKING, ["auditor"], [of("Copper", "member")]).map((one) => one.name), ["Copper"]);
});

test("whose something is goes without saying for those who work for one alone", () => {
  const one = ownersFor(AUTHORING, ["agent"], [of("Zinc", "owner")]);
  assert.equal(sayOwner(one, "org_Zinc"), "");
  assert.equal(sayOwner(null, "org_Zinc"), "");
  const two = ownersFor(AUTHORING, ["admin"], [of("Zinc", "owner")]);
  assert.equal(sayOwner(two, "org_Zinc"), "Zinc");
  assert.equal(sayOwner(two, ""), PLATFORM.name);
  assert.equal(sayOwner(one, "org_else"), "Another organisation");
});
