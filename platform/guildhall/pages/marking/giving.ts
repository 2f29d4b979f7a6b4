// How a key becomes points, and what of a mark is missing. Pure.
import type { Criterion } from "../shared/results_told";

export type Points = Readonly<Record<string, number>>;

const POINT = 100;
const DIGITS = 9;

/** Whether digits stand for whole points of this criterion, or for tenths of what it is worth. */
export function isInPoints(criterion: Criterion): boolean {
  return criterion.centipoints >= POINT && criterion.centipoints <= DIGITS * POINT;
}

/** What a key gives: a digit its points or tenths, never more than there are; "f" all. Null for any other key. */
export function pointsOf(key: string, criterion: Criterion): number | null {
  if (key === "f") return criterion.centipoints;
  if (!/^[0-9]$/.test(key)) return null;
  const digit = Number(key);
  if (isInPoints(criterion)) return Math.min(digit * POINT, criterion.centipoints);
  return Math.round((criterion.centipoints * digit) / 10);
}

/** What somebody typed as points, "1.5" or "1,5", in hundredths; null for what is no number or does not fit. */
export function readPoints(typed: string, criterion: Criterion): number | null {
  const number = Number(typed.trim().replace(",", "."));
  if (typed.trim() === "" || !Number.isFinite(number)) return null;
  const centipoints = Math.round(number * POINT);
  return centipoints >= 0 && centipoints <= criterion.centipoints ? centipoints : null;
}

export function total(criteria: readonly Criterion[], points: Points): number {
  return criteria.reduce((sum, criterion) => sum + (points[criterion.id] ?? 0), 0);
}

/** The first criterion that has no points yet. */
export function firstMissing(criteria: readonly Criterion[], points: Points): Criterion | null {
  return criteria.find((criterion) => points[criterion.id] === undefined) ?? null;
}
