import assert from "node:assert/strict";
import { test } from "node:test";
import { sayDuration, sayFaces } from "../../../../platform/guildhall/pages/shared/wording";

test("durations lose precision as they grow and never go below nothing", () => {
  const said = [-500, 210, 6_900, 60_000, 185_000, 900_000, 7_500_000].map(sayDuration);
  assert.deepEqual(said, ["0.0 s", "0.2 s", "6 s", "1 min", "3 min 5 s", "15 min", "2 h 5 min"]);
});

test("an unknown count of faces is not called zero", () => {
  assert.deepEqual([null, 0, 1, 3].map(sayFaces), ["Faces unknown", "No face", "1 face", "3 faces"]);
});
