import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icons";
import type { AttemptShown, SlotShown } from "../../shared/exam";
import { CollisionChoice } from "./collision";
import { Control } from "./controls/control";
import type { ExamDesk } from "./desk";
import { PlainText, PromptView } from "./prompt";
import { isAnswered } from "./responses";
import { questionsBefore } from "./sections";
import { SafetyLine } from "./safety_line";

/** One question: what is asked, the control that answers it, how safe the answer is. Its heading takes the focus. */
export function QuestionView(props: {
  desk: ExamDesk;
  attempt: AttemptShown;
  slot: SlotShown;
  place: number;
  isWritable: boolean;
  takesFocus: boolean;
}) {
  const { desk, attempt, slot, place } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  // Before the next paint: the focus jumped away from whoever had already reached a button of the new question.
  useLayoutEffect(() => {
    if (props.takesFocus) heading.current?.focus();
  }, [slot.id]);
  useEffect(() => {
    desk.show(slot.id);
    return () => desk.show(null);
  }, [slot.id]);
  const standing = desk.book.of(slot.id);
  const collision = desk.book.collisions.get(slot.id);
  const section = attempt.sections.find((each) => each.id === slot.section_id);
  const isFirstOfSection = attempt.slots[place - 1]?.section_id !== slot.section_id;
  const promptId = `prompt-${slot.id}`;
  return (
    <section class="question" aria-labelledby="question-title" data-testid="question" data-slot={slot.id} data-kind={slot.question.kind}>
      <p class="eyebrow">
        {attempt.sections.length > 1 && section !== undefined ? `${section.title} · ` : ""}
        {sayPoints(slot)}
      </p>
      <h1 id="question-title" tabIndex={-1} ref={heading}>
        Question {questionsBefore(attempt) + place + 1} of {attempt.questions}
      </h1>
      {section === undefined || section.instructions === "" ? null : (
        <details class="section-instructions" open={isFirstOfSection}>
          <summary>About this section</summary>
          <PlainText text={section.instructions} />
        </details>
      )}
      <PromptView prompt={slot.question.prompt} id={promptId} http={desk.http} />
      {collision === undefined ? (
        <div class="answer" onFocusOut={() => desk.book.isTyping && desk.flush()}>
          <Control
            question={slot.question}
            slotId={slot.id}
            response={standing.response}
            disabled={!props.isWritable}
            describedBy={promptId}
            http={desk.http}
            write={(response) => desk.write(slot.id, response)}
            say={(words) => desk.say(words)}
          />
        </div>
      ) : (
        <CollisionChoice
          collision={collision}
          question={slot.question}
          useMine={() => desk.useMine(slot.id)}
          keepOther={() => desk.keepOther(slot.id)}
        />
      )}
      <div class="under">
        <SafetyLine standing={standing} reached={desk.courier.reached} />
        <span class="acts">
          {props.isWritable && isAnswered(standing.response) && slot.question.kind !== "file_upload" ? (
            <button
              type="button"
              class="small"
              data-testid="clear"
              onClick={() => {
                desk.write(slot.id, null);
                desk.flush();
                desk.say("The answer was cleared.");
                heading.current?.focus();
              }}
            >
              Clear the answer
            </button>
          ) : null}
          <button
            type="button"
            class="small flag"
            data-testid="flag"
            aria-pressed={standing.flagged}
            disabled={!props.isWritable}
            onClick={() => desk.flag(slot.id, !standing.flagged)}
          >
            <Icon name="flag" />
            Flag for review
          </button>
        </span>
      </div>
    </section>
  );
}

function sayPoints(slot: SlotShown): string {
  const say = (centipoints: number): string => String(centipoints / 100);
  const points = `${say(slot.centipoints)} ${slot.centipoints === 100 ? "point" : "points"}`;
  return slot.penalty_centipoints === 0 ? points : `${points}; a wrong answer takes ${say(slot.penalty_centipoints)} away, none takes nothing`;
}
