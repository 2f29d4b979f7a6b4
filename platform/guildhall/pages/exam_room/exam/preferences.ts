// What a candidate set for themselves: kept for this browser where it keeps anything.

export type TextSize = "normal" | "large" | "larger";

export interface Preferences {
  readonly textSize: TextSize;
  readonly isTimeHidden: boolean;
}

const KEY = "guildhall.exam-preferences";
const USUAL: Preferences = { textSize: "normal", isTimeHidden: false };

export function readPreferences(): Preferences {
  try {
    return { ...USUAL, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return USUAL;
  }
}

export function keepPreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // They hold for this page.
  }
}

const placeKey = (attemptId: string): string => `guildhall.exam-place.${attemptId}`;

/** The question that was open, and for exams that only go forward the section that was reached. */
export function readPlace(attemptId: string): number {
  try {
    return Number(localStorage.getItem(placeKey(attemptId)) ?? "0") || 0;
  } catch {
    return 0;
  }
}

export function keepPlace(attemptId: string, place: number): void {
  try {
    localStorage.setItem(placeKey(attemptId), String(place));
  } catch {
    // The overview shows where one was.
  }
}
