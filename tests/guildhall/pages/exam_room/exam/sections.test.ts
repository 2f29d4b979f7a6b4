import assert from "node:assert/strict";
import { test } from "node:test";
import type { SectionSat } from "../../../../../platform/guildhall/pages/shared/exam";
import { questionsBefore, sayClosedSection, sectionToLeave } from "../../../../../platform/guildhall/pages/exam_room/exam/sections";

const at = (id: string, standing: SectionSat["standing"]): SectionSat => ({ id, title: id, instructions: "", standing, questions: 4, answered: 3 });
const FORWARD = { is_navigation_free: false, sections: [at("a", "left"), at("b", "open"), at("c", "later")] };

test("questions are numbered through the whole exam, also where only one section's are shown", () => {
  assert.equal(questionsBefore(FORWARD), 4);
  assert.equal(questionsBefore({ ...FORWARD, is_navigation_free: true }), 0);
});

test("a section can be left while another is to come", () => {
  assert.equal(sectionToLeave(FORWARD)?.id, "b");
  assert.equal(sectionToLeave({ ...FORWARD, sections: [at("a", "left"), at("b", "open")] }), null);
  assert.equal(sectionToLeave({ ...FORWARD, is_navigation_free: true }), null);
});

test("of a closed section it is told what became of it", () => {
  assert.equal(sayClosedSection(at("a", "left")), "left, 3 of 4 questions answered");
  assert.equal(sayClosedSection({ ...at("c", "later"), questions: 1 }), "1 question, to come");
});
