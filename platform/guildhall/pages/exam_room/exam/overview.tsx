import { Icon } from "../../shared/icons";
import type { AttemptShown } from "../../shared/exam";
import type { Standing } from "./answer_book";
import type { ExamDesk } from "./desk";
import { isAnswered } from "./responses";
import { questionsBefore, sayClosedSection } from "./sections";

/** Every question at a glance, by section: which are answered, flagged, or not safe yet. Each leads to its question. */
export function Overview(props: { desk: ExamDesk; attempt: AttemptShown; current: number; go: (place: number) => void }) {
  const { desk, attempt } = props;
  const before = questionsBefore(attempt);
  return (
    <nav class="overview" aria-labelledby="overview-title" data-testid="overview">
      <h2 id="overview-title">Questions</h2>
      <p class="hint">{sayProgress(desk, attempt)}</p>
      {attempt.sections.map((section) => (
        <section key={section.id} aria-label={section.title}>
          {attempt.sections.length > 1 ? <h3>{section.title}</h3> : null}
          {section.standing === "open" ? null : <p class="hint">{sayClosedSection(section)}</p>}
          <ol>
            {attempt.slots.map((slot, place) =>
              slot.section_id !== section.id ? null : (
                <li key={slot.id}>
                  <Place
                    number={before + place + 1}
                    standing={desk.book.of(slot.id)}
                    isCurrent={place === props.current}
                    go={() => props.go(place)}
                  />
                </li>
              ),
            )}
          </ol>
        </section>
      ))}
      <ul class="legend" aria-hidden="true">
        <li>
          <span class="sample" data-answered="true" /> answered
        </li>
        <li>
          <span class="sample" /> not answered
        </li>
        <li>
          <Icon name="flag" /> flagged
        </li>
        <li>
          <span class="unsafe-dot" /> not saved yet
        </li>
      </ul>
    </nav>
  );
}

function Place(props: { number: number; standing: Standing; isCurrent: boolean; go: () => void }) {
  const { number, standing } = props;
  const answered = isAnswered(standing.response);
  const unsafe = standing.safety !== "saved" && standing.safety !== "none";
  return (
    <button
      type="button"
      class="place-button"
      aria-current={props.isCurrent ? "step" : undefined}
      aria-label={`Question ${number}: ${sayStanding(standing)}`}
      data-answered={answered}
      data-safety={standing.safety}
      onClick={props.go}
    >
      {number}
      {standing.flagged ? <Icon name="flag" /> : null}
      {unsafe ? <span class="unsafe-dot" /> : null}
    </button>
  );
}

export function sayStanding(standing: Standing): string {
  const words = [isAnswered(standing.response) ? "answered" : "not answered"];
  if (standing.flagged) words.push("flagged");
  if (standing.safety === "refused") words.push("not saved");
  else if (standing.safety === "conflict") words.push("please choose between two answers");
  else if (standing.safety === "waiting" || standing.safety === "typing") words.push("saving");
  return words.join(", ");
}

export function sayProgress(desk: ExamDesk, attempt: AttemptShown): string {
  const gone = attempt.is_navigation_free ? [] : attempt.sections.filter((section) => section.standing === "left");
  const before = gone.reduce((sum, section) => sum + section.answered, 0);
  const answered = before + attempt.slots.filter((slot) => desk.book.isAnswered(slot.id)).length;
  const flagged = attempt.slots.filter((slot) => desk.book.of(slot.id).flagged).length;
  return `${answered} of ${attempt.questions} answered${flagged === 0 ? "" : `, ${flagged} flagged`}`;
}
