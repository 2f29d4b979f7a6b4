// Of an exam that goes forwards only: the server shows one section's questions at a time; these say where it stands.
import type { AttemptShown, SectionSat } from "../../shared/exam";

/** Questions of the sections before the shown ones: the first question's number is one more. */
export function questionsBefore(attempt: Pick<AttemptShown, "is_navigation_free" | "sections">): number {
  if (attempt.is_navigation_free) return 0;
  const open = attempt.sections.findIndex((section) => section.standing === "open");
  return attempt.sections.slice(0, Math.max(open, 0)).reduce((sum, section) => sum + section.questions, 0);
}

/** The section to leave for the next one; null where there is none, or where one may go back and forth. */
export function sectionToLeave(attempt: Pick<AttemptShown, "is_navigation_free" | "sections">): SectionSat | null {
  if (attempt.is_navigation_free || !attempt.sections.some((section) => section.standing === "later")) return null;
  return attempt.sections.find((section) => section.standing === "open") ?? null;
}

/** Of a section whose questions are not shown. */
export function sayClosedSection(section: SectionSat): string {
  const questions = section.questions === 1 ? "1 question" : `${section.questions} questions`;
  return section.standing === "later" ? `${questions}, to come` : `left, ${section.answered} of ${questions} answered`;
}
