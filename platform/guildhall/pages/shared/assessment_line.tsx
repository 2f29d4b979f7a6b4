import type { Applied } from "./hiring_told";
import { sayPass } from "./hiring_told";
import { sayDay } from "./wording";

/** The passes that an application waits for, for either side; to the agent, with the way to the exam. */
export function AssessmentLine({ applied, isOwn }: { applied: Applied; isOwn: boolean }) {
  const { assessment } = applied;
  if (assessment === null) return null;
  return (
    <p data-testid="assessment">
      Waits for {assessment.missing.map(sayPass).join(" and ")}, until {sayDay(assessment.until_ms)}.{" "}
      {isOwn && !assessment.is_on_its_way ? (
        <a class="button primary" href="/exams" data-testid="to-exam">
          Go to the exam
        </a>
      ) : null}
    </p>
  );
}
