import { useState } from "preact/hooks";
import { focusOnce } from "../../shared/focus";
import { Icon } from "../../shared/icons";
import type { AttemptShown } from "../../shared/exam";
import { sayCount, sayDay } from "../../shared/wording";
import { saveFile } from "../../shared/save_file";
import { SignedOutBanner } from "./banners";
import type { ExamDesk } from "./desk";
import { sayCredit } from "./timing";

const TITLES: Partial<Record<AttemptShown["state"], string>> = {
  submitted: "Your exam is handed in",
  expired: "The time is up, and your exam is handed in",
  voided: "This attempt was declared void",
};

/** What was received, the receipt for it, and what comes next. Late answers are told apart. */
export function After({ desk, attempt }: { desk: ExamDesk; attempt: AttemptShown }) {
  const [failure, setFailure] = useState<string | null>(null);
  const { receipt } = attempt;
  const answered = attempt.slots.length > 0 ? attempt.slots.filter((slot) => desk.book.isAnswered(slot.id)).length : attempt.answers.length;
  const waiting = desk.courier.waiting;
  const download = async (): Promise<void> => {
    const answer = await desk.http.receipt();
    setFailure("problem" in answer ? answer.problem.detail : null);
    if ("reply" in answer) saveFile(`receipt-${attempt.attempt_id}.json`, "application/json", JSON.stringify(answer.reply, null, 2));
  };
  return (
    <section class="notice after" data-testid="after" data-state={attempt.state}>
      <span class="notice-mark">
        <Icon name={attempt.state === "voided" ? "alert" : "connected"} />
      </span>
      <h1 tabIndex={-1} ref={focusOnce}>
        {TITLES[attempt.state] ?? "This exam is over"}
      </h1>
      <p data-testid="received">
        {attempt.exam_title}: {sayCount(answered, "answer was", "answers were")} received
        {attempt.questions > 0 ? ` to ${sayCount(attempt.questions, "question", "questions")}` : ""}.
        {attempt.state === "expired" ? " Everything that had a receipt when the time was up is in." : ""}
        {attempt.state === "voided" ? " Whoever invited you can tell you why." : ""}
      </p>
      <SignedOutBanner desk={desk} />
      {waiting > 0 || desk.book.late.size > 0 ? (
        <p class="told" role="status" data-testid="late">
          {waiting > 0
            ? `${sayCount(waiting, "answer is", "answers are")} still on this device and on the way. Leave this page open for a moment.`
            : `${sayCount(desk.book.late.size, "answer", "answers")} reached the server after the end. They are kept apart from your exam, with the time at which you wrote them, and a person decides whether they count.`}
        </p>
      ) : null}
      {receipt === null ? null : (
        <section class="receipt" aria-labelledby="receipt-title" data-testid="receipt">
          <h2 id="receipt-title">Your receipt</h2>
          <p>
            It names the end of the chain of all your answers, of {sayDay(receipt.at_ms)}. If any answer were changed
            afterwards, it would no longer fit.
          </p>
          <p>
            <code data-testid="receipt-hash">{receipt.hash}</code>
          </p>
          <p>
            <button type="button" onClick={() => void download()} data-testid="download-receipt">
              Download the receipt
            </button>
          </p>
          {failure === null ? null : (
            <p class="failure" role="alert">
              {failure}
            </p>
          )}
          <details>
            <summary>How to verify it</summary>
            <p>
              The file holds your answers and the chain over them. Anybody with a copy of Guildhall can check it without asking
              us: <code>python -m guildhall verify-receipt receipt.json</code>
            </p>
          </details>
        </section>
      )}
      {attempt.clock.credits.length === 0 ? null : (
        <details>
          <summary>Time that was given back</summary>
          <ul>
            {attempt.clock.credits.map((credit) => (
              <li key={`${credit.kind}${credit.began_at_ms}`}>{sayCredit(credit)}</li>
            ))}
          </ul>
        </details>
      )}
      <p>
        <a href="/exams">Your exams and results</a>
      </p>
    </section>
  );
}
