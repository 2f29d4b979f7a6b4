import { Notice } from "../shared/notice";
import { sayCount } from "../shared/wording";
import type { ExamDesk } from "./exam/desk";
import { SignInAgain } from "./signed_out";

/** The server no longer takes this page's pass. What is kept on the device stays, and this says how it gets there. */
export function RefusedExam({ desk }: { desk: ExamDesk }) {
  const waiting = desk.unsaved;
  return (
    <main class="alone">
      <Notice icon="refused" title="This page may not go on" testid="not-admitted">
        <p>{desk.needsPass ? <SignInAgain desk={desk} /> : desk.line.refusal?.detail}</p>
        {waiting === 0 ? (
          <p>Everything you wrote in this browser is saved.</p>
        ) : (
          <p>
            <strong>{sayCount(waiting, "answer is", "answers are")} kept in this browser and not lost.</strong> When your exam is open in
            this browser again, they are sent at once.
          </p>
        )}
        <p>
          <a href="/exams">Open your exams</a>, or the link you were sent.
        </p>
      </Notice>
    </main>
  );
}
