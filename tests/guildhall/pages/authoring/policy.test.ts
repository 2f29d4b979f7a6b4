import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLevel, type Policy, type PolicyShown, sayForCandidate, signalLevel, weightOf, withCheck, withPhoto, withSignal, withWeight } from "../../../../platform/guildhall/pages/authoring/policy";

const POLICY: Policy = {
  claims: { tab_hidden: "counts" },
  asked: ["camera", "browser", "strips", "room_scan"],
  required: ["camera"],
  checks: ["light"],
  must_pass: [],
  photos: [],
  allows_room_scan: false,
  photo_hours: 24,
  evidence_days: 90,
};
const offer = (signal: string): PolicyShown["signals"][number] => ({ signal, title: `Your ${signal}`, what: "", without: "" });
const SHOWN: PolicyShown = {
  delivery_id: "dlv_1",
  rev: 0,
  is_own: false,
  is_proctored: true,
  needs_admission: true,
  policy: POLICY,
  usual: POLICY,
  signals: [offer("camera"), offer("browser"), offer("strips")],
  checks: [{ name: "camera", title: "Camera" }, { name: "light", title: "Light" }],
  claims: [{ kind: "tab_hidden", words: "", can_count: true }, { kind: "copied", words: "", can_count: false }],
};

test("a signal is off, the candidate's choice, or needed, and goes from one to the other", () => {
  assert.deepEqual(["camera", "browser", "likeness"].map((one) => signalLevel(POLICY, one)), ["required", "optional", "off"]);
  const needed = withSignal(POLICY, SHOWN.signals, "browser", "required");
  assert.equal(signalLevel(needed, "browser"), "required");
  assert.deepEqual(needed.required, ["camera", "browser"], "in the order in which candidates are asked");
  assert.deepEqual(withSignal(needed, SHOWN.signals, "browser", "off").required, ["camera"]);
});

test("without a camera no pictures are taken or kept, and what this page does not offer stays as it was", () => {
  const asking = { ...withSignal(POLICY, SHOWN.signals, "photos", "required"), asked: [...POLICY.asked, "photos", "new"] };
  const without = withSignal(asking, SHOWN.signals, "camera", "off");
  assert.deepEqual(without.asked, ["browser", "new"]);
  assert.deepEqual([without.required, without.photos, without.allows_room_scan], [[], [], false]);
});

test("photographs and pictures of the room come and go with the consent to them", () => {
  const offered = [...SHOWN.signals, offer("photos"), offer("room_scan")];
  const asking = withSignal(POLICY, offered, "photos", "optional");
  assert.deepEqual([asking.photos, asking.allows_room_scan], [["face", "id_document"], true]);
  assert.ok(sayForCandidate(SHOWN, asking).some((one) => one.startsWith("Who agrees to it photographs themselves and an identity document")));
  const face = withPhoto(asking, "id_document", false);
  assert.deepEqual([face.photos, signalLevel(face, "photos")], [["face"], "optional"]);
  assert.equal(signalLevel(withPhoto(face, "face", false), "photos"), "off", "nobody is asked for photographs of nothing");
});

test("a check that has to be good enough is checked, and one that is not checked need not be", () => {
  const must = withCheck(POLICY, SHOWN.checks, "camera", "required");
  assert.deepEqual([must.checks, must.must_pass], [["camera", "light"], ["camera"]]);
  assert.equal(checkLevel(withCheck(must, SHOWN.checks, "camera", "off"), "camera"), "off");
});

test("a kind of claim that a policy does not name is not collected", () => {
  assert.equal(weightOf(POLICY, "copied"), "off");
  assert.deepEqual(withWeight(POLICY, "copied", "noted").claims, { tab_hidden: "counts", copied: "noted" });
});

test("what it means is told with what may be declined and for how long things are kept", () => {
  const said = sayForCandidate(SHOWN, POLICY);
  assert.equal(said[0], "To sit the exam they have to agree to: “Your camera”.");
  assert.equal(said[1], "They may say no, and sit it all the same, to: “Your browser” and “Your strips”.");
  assert.ok(said.some((one) => one.includes("one kind counts")));
  assert.ok(said.some((one) => one.startsWith("90 days after")));
  const silent = sayForCandidate(SHOWN, withSignal(POLICY, SHOWN.signals, "browser", "off"));
  assert.ok(silent.includes("Nothing is collected from their browser."));
});
