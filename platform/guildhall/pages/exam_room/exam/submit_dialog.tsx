import { useEffect, useRef, useState } from "preact/hooks";
import type { AttemptShown } from "../../shared/exam";
import { sayCount } from "../../shared/wording";
import type { ExamDesk } from "./desk";
import { questionsBefore } from "./sections";
import { useModal } from "../../shared/use_modal";

/** Before handing in: what is unanswered, flagged or not saved. It waits for every receipt, and never submits past one silently. */
export function SubmitDialog(props: { desk: ExamDesk; attempt: AttemptShown; close: () => void; go: (place: number) => void }) {
  const { desk, attempt } = props;
  const dialog = useModal();
  const [step, setStep] = useState<"asking" | "draining" | "submitting">("asking");
  const [failure, setFailure] = useState<string | null>(null);
  const open = useRef(true);
  useEffect(() => {
    desk.flush();
    return () => {
      open.current = false;
    };
  }, []);

  const before = questionsBefore(attempt);
  const places = attempt.slots.map((slot, place) => ({ place, number: before + place + 1, standing: desk.book.of(slot.id), answered: desk.book.isAnswered(slot.id) }));
  const unanswered = places.filter((each) => !each.answered);
  const flagged = places.filter((each) => each.standing.flagged);
  const unstorable = places.filter((each) => each.standing.safety === "refused" || each.standing.safety === "conflict");
  const go = (place: number): void => {
    dialog.current?.close();
    props.go(place);
  };

  const submit = async (): Promise<void> => {
    setFailure(null);
    setStep("draining");
    await desk.drained();
    if (!open.current) return;
    setStep("submitting");
    const answer = await desk.act("submit");
    if ("reply" in answer || !open.current) return;
    setStep("asking");
    setFailure(`${answer.problem.detail} Nothing was handed in; your exam is still open. Try again in a moment.`);
  };

  return (
    <dialog ref={dialog} onClose={props.close} aria-labelledby="submit-title" data-testid="submit-dialog">
      <h2 id="submit-title">Hand in your exam?</h2>
      <p>After this you cannot change anything. You get a receipt for what you hand in.</p>
      {unanswered.length === 0 && flagged.length === 0 && unstorable.length === 0 ? (
        <p>Every question is answered, and none is flagged.</p>
      ) : (
        <ul class="left-over">
          <LeftOver what={sayCount(unanswered.length, "question is not answered", "questions are not answered")} places={unanswered} go={go} />
          <LeftOver what={sayCount(flagged.length, "question is flagged for review", "questions are flagged for review")} places={flagged} go={go} />
          <LeftOver
            what={sayCount(unstorable.length, "question needs your decision", "questions need your decision")}
            places={unstorable}
            go={go}
          />
        </ul>
      )}
      <p role="status" class={desk.unsaved > 0 ? "failure" : "hint"} data-testid="submit-safety">
        {sayUnsaved(desk, step)}
      </p>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="choices">
        <button type="button" onClick={() => dialog.current?.close()} data-testid="submit-not-yet">
          Go on with the exam
        </button>
        <button type="button" class="primary" onClick={() => step === "asking" && void submit()} aria-disabled={step !== "asking"} data-testid="submit-confirm">
          {step === "draining" ? "Waiting for the last answers…" : step === "submitting" ? "Handing in…" : "Yes, hand in"}
        </button>
      </p>
    </dialog>
  );
}

function sayUnsaved(desk: ExamDesk, step: "asking" | "draining" | "submitting"): string {
  if (desk.unsaved === 0) return desk.attention === 0 ? "All your answers are saved." : "All your other answers are saved.";
  const waiting = sayCount(desk.unsaved, "answer has", "answers have");
  if (step === "draining") {
    return `${waiting} not reached the server yet. Your exam is handed in as soon as the last one has; leave this page open.`;
  }
  return `${waiting} not reached the server yet. If you hand in now, the page waits for them first.`;
}

function LeftOver(props: { what: string; places: readonly { place: number; number: number }[]; go: (place: number) => void }) {
  if (props.places.length === 0) return null;
  return (
    <li>
      {props.what}:{" "}
      {props.places.map(({ place, number }) => (
        <button type="button" class="small" key={place} onClick={() => props.go(place)} aria-label={`Go to question ${number}`}>
          {number}
        </button>
      ))}
    </li>
  );
}
