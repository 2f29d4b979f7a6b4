import assert from "node:assert/strict";
import { test } from "node:test";
import { firstMissing, pointsOf, readPoints, total } from "../../../../platform/guildhall/pages/marking/giving";

const criterion = (centipoints: number, id = "c1") => ({ id, title: id, description: "", centipoints });

test("a digit is so many points of a small criterion, and never more than there are", () => {
  assert.equal(pointsOf("3", criterion(500)), 300);
  assert.equal(pointsOf("9", criterion(500)), 500);
  assert.equal(pointsOf("0", criterion(500)), 0);
});

test("a digit is so many tenths of one that is worth less than a point, or more than nine", () => {
  assert.equal(pointsOf("5", criterion(60)), 30);
  assert.equal(pointsOf("9", criterion(2000)), 1800);
});

test("f gives all, and no other key gives anything", () => {
  assert.equal(pointsOf("f", criterion(60)), 60);
  for (const key of ["x", "Enter", "10", " ", "-"]) assert.equal(pointsOf(key, criterion(60)), null);
});

test("typed points are read with a comma as with a point, and refused outside of the criterion", () => {
  assert.equal(readPoints("1,5", criterion(200)), 150);
  assert.equal(readPoints(" 0.25 ", criterion(200)), 25);
  for (const typed of ["", "2.01", "-1", "much", "1e9"]) assert.equal(readPoints(typed, criterion(200)), null);
});

test("a sum is of what was given, and the first that was not is named", () => {
  const criteria = [criterion(100, "a"), criterion(100, "b")];
  assert.equal(total(criteria, { b: 40, gone: 9 }), 40);
  assert.equal(firstMissing(criteria, { a: 0 })?.id, "b");
  assert.equal(firstMissing(criteria, { a: 0, b: 0 }), null);
});
