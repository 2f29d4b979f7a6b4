import assert from "node:assert/strict";
import { test } from "node:test";
import { PLACES, TITLES } from "../../../../platform/guildhall/pages/landing/places";

test("each place stands once beside each role, and each role has a title", () => {
  for (const [role, places] of Object.entries(PLACES)) {
    const paths = places.map((place) => place.href);
    assert.deepEqual(paths, [...new Set(paths)], role);
    assert.ok(TITLES[role], role);
  }
});
