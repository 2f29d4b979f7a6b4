import type { Applied } from "./hiring_told";
import { sayDay } from "./wording";

/** When the interview is and what the client wrote about it, while there is one to come or going on. */
export function InterviewLine({ applied }: { applied: Applied }) {
  const { interview } = applied;
  if (interview === null) return null;
  return (
    <p data-testid="interview">
      Interview: {interview.at_ms === null ? "the time is agreed on below" : sayDay(interview.at_ms)}. {interview.text}
    </p>
  );
}
