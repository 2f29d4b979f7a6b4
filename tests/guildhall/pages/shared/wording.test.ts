import assert from "node:assert/strict";
import { test } from "node:test";
import { explainRate, isSlowed, sayDuration, sayFaces, sayJudged, sayRate, saySignalsOff } from "../../../../platform/guildhall/pages/shared/wording";

test("durations lose precision as they grow and never go below nothing", () => {
  const said = [-500, 210, 6_900, 60_000, 185_000, 900_000, 7_500_000].map(sayDuration);
  assert.deepEqual(said, ["0.0 s", "0.2 s", "6 s", "1 min", "3 min 5 s", "15 min", "2 h 5 min"]);
});

test("a rate is told beside the one it should be only where it is lower by more than unevenness", () => {
  const said = [null, 5.1, 4.6, 4.4, 0].map((rate) => sayRate(rate, 5));
  assert.deepEqual(said, ["", "5 frames/s", "5 frames/s", "4.4 of 5 frames/s", "0 of 5 frames/s"]);
  assert.deepEqual([null, 4.6, 4.4].map((rate) => isSlowed(rate, 5)), [false, false, true]);
  assert.equal(sayRate(1.25, 1000 / 300), "1.3 of 3.3 frames/s");
});

test("why a rate is low is said where it is low, and nowhere else", () => {
  assert.deepEqual([null, 5, 4.6].map((rate) => explainRate(rate, 5)), ["", "", ""]);
  assert.match(explainRate(2.2, 5), /the engine is full, or their connection is slow/);
});

test("a tile says in a few words what of looking away is not judged", () => {
  const said = [sayJudged([]), sayJudged(["gaze_x"]), sayJudged(["yaw", "pitch", "gaze_x"])];
  assert.deepEqual(said, ["", "Looking away judged in part", "Looking away not judged"]);
});

test("an unknown count of faces is not called zero", () => {
  assert.deepEqual([null, 0, 1, 3].map(sayFaces), ["Faces unknown", "No face", "1 face", "3 faces"]);
});

test("what is not judged for a person is one sentence, and nothing where all is", () => {
  assert.equal(saySignalsOff([]), "");
  assert.equal(
    saySignalsOff(["gaze_x"]),
    "Not judged for this person, because it reads too poorly: eyes turned sideways.",
  );
  assert.match(saySignalsOff(["yaw", "pitch", "mouth"]), /: head turned sideways, head turned up or down and an open mouth\.$/);
});
