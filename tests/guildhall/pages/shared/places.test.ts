import assert from "node:assert/strict";
import { test } from "node:test";
import { placesFor } from "../../../../platform/guildhall/pages/shared/places";

const paths = (roles: readonly string[], within: readonly string[] = []): string[] =>
  placesFor(roles, within).map((place) => place.href);

test("everybody has their onboarding, work to find and do, money and their exams, and a candidate nothing else", () => {
  assert.deepEqual(paths(["agent"]), ["/onboarding", "/opportunities", "/contracts", "/money", "/exams"]);
});

test("an administrator writes, marks and reads results", () => {
  assert.deepEqual(paths(["admin"]), ["/onboarding", "/opportunities", "/contracts", "/money", "/exams", "/authoring", "/marking", "/results", "/onboarding-reviews", "/opportunity-reviews", "/desk"]);
});

test("within an organisation a member marks, whoever leads it does everything, finance nothing", () => {
  assert.deepEqual(paths(["agent"], ["member"]), ["/onboarding", "/opportunities", "/contracts", "/money", "/exams", "/marking"]);
  assert.deepEqual(paths(["agent"], ["finance", "manager"]), ["/onboarding", "/opportunities", "/contracts", "/money", "/exams", "/authoring", "/marking", "/results", "/hiring"]);
  assert.deepEqual(paths(["agent"], ["finance"]), ["/onboarding", "/opportunities", "/contracts", "/money", "/exams"]);
});

test("an auditor reads results and changes nothing", () => {
  assert.deepEqual(paths(["auditor"]), ["/onboarding", "/opportunities", "/contracts", "/money", "/exams", "/results"]);
});
