import { useEffect, useState } from "preact/hooks";
import { ExamDesk } from "./exam/desk";
import { attemptOf } from "./exam/exam_http";

/** The desk of the attempt that a token opens; null without one, and until it is there. */
export function useDesk(token: string | null): ExamDesk | null {
  const [desk, setDesk] = useState<ExamDesk | null>(null);
  const [, redraw] = useState(0);
  useEffect(() => {
    const attemptId = token === null ? null : attemptOf(token);
    if (token === null || attemptId === null) return;
    let isDue = false;
    const opened = new ExamDesk(token, attemptId, () => {
      // One drawing for all that changes at once.
      if (isDue) return;
      isDue = true;
      queueMicrotask(() => {
        isDue = false;
        redraw((count) => count + 1);
      });
    });
    setDesk(opened);
    return () => opened.close();
  }, [token]);
  return desk;
}
