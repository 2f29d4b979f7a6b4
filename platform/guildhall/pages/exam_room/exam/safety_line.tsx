import { Icon, type IconName } from "../../shared/icons";
import { sayClock, sayCount } from "../../shared/wording";
import type { Standing } from "./answer_book";
import type { ExamDesk } from "./desk";

/** How safe the answer to one question is. "Saved" is said from a receipt only, with the receipt's time. */
export function SafetyLine({ standing, reached }: { standing: Standing; reached: boolean }) {
  const [icon, words] = saySafety(standing, reached);
  return (
    <p class="safety" data-testid="safety" data-safety={standing.safety}>
      {icon === null ? null : <Icon name={icon} />}
      <span>{words}</span>
    </p>
  );
}

function saySafety(standing: Standing, reached: boolean): readonly [IconName | null, string] {
  const before = standing.savedAtMs === null ? "" : ` The version of ${sayClock(standing.savedAtMs)} is saved.`;
  switch (standing.safety) {
    case "none":
      return [null, "Not answered yet"];
    case "saved":
      return ["connected", `Saved at ${sayClock(standing.savedAtMs ?? 0)}`];
    case "typing":
      return ["connecting", "Saving…"];
    case "waiting":
      return reached
        ? ["connecting", "Saving…"]
        : ["offline", `Kept on this device; it is saved as soon as the connection is back.${before}`];
    case "refused":
      // What is too long says so beside its field.
      return ["alert", `Not saved. ${standing.problem?.type === "too-long" ? "" : (standing.problem?.detail ?? "")}${before}`];
    case "conflict":
      return ["elsewhere", "Answered twice: please choose above which answer counts."];
  }
}

/** All answers together, in the bar. */
export function SafetySummary({ desk }: { desk: ExamDesk }) {
  const { unsaved, attention } = desk;
  return (
    <span class="summary" data-testid="summary" data-unsaved={unsaved} data-attention={attention}>
      {saySummary(unsaved, attention)}
    </span>
  );
}

export function saySummary(unsaved: number, attention: number): string {
  if (unsaved > 0) return `${sayCount(unsaved, "answer", "answers")} not saved yet`;
  return attention === 0 ? "All answers saved" : `${sayCount(attention, "answer needs", "answers need")} you`;
}
