import { useState } from "preact/hooks";
import { sayDuration } from "../shared/wording";
import type { ExamDesk } from "./exam/desk";

/** For whoever was granted breaks. */
export function TakeBreak({ desk }: { desk: ExamDesk }) {
  const [failure, setFailure] = useState<string | null>(null);
  if (!desk.allows("take_break").allowed) return null;
  const take = async (): Promise<void> => {
    const answer = await desk.act("take_break");
    setFailure("problem" in answer ? answer.problem.detail : null);
  };
  return (
    <>
      <button type="button" onClick={() => void take()} data-testid="take-break">
        Break ({sayDuration(desk.attempt?.clock.break_ms_left ?? 0)} left)
      </button>
      {failure === null ? null : (
        <span class="wrong" role="alert">
          {failure}
        </span>
      )}
    </>
  );
}
