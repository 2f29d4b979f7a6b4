import { useEffect, useState } from "preact/hooks";
import { Api } from "../shared/api";
import type { ExamDoor } from "../shared/exams_told";
import { TabVault } from "../shared/vault";
import { ExamDesk } from "./exam/desk";
import { attemptOf } from "./exam/exam_http";

/** Whoever is signed in in this browser. An exam is never left for the sign-in page: it says so itself. */
const account = new Api(new TabVault(), { signedOut: () => undefined, changedHands: () => undefined, prove: () => Promise.resolve(false) });

/** The desk of the attempt that a token opens; null without one, and until it is there. */
export function useDesk(token: string | null): ExamDesk | null {
  const [desk, setDesk] = useState<ExamDesk | null>(null);
  const [, redraw] = useState(0);
  useEffect(() => {
    const attemptId = token === null ? null : attemptOf(token);
    if (token === null || attemptId === null) return;
    let isDue = false;
    const openDoor = () => account.ask<ExamDoor>("POST", `/v1/attempts/${encodeURIComponent(attemptId)}/doors`, {});
    const opened = new ExamDesk(token, attemptId, openDoor, () => {
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
