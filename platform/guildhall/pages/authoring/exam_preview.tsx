import { useMemo, useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { ExamShown, PreviewShown } from "./authored";
import { picturesOf, type Desk } from "./desk";
import { AskedView } from "./item_preview";

/** A form as a candidate would get it: drawn by a seed, so that it can be looked at again. */
export function ExamPreview(props: { desk: Desk; exam: ExamShown; isDirty: boolean; save: () => Promise<ExamShown | null> }) {
  const { desk, exam } = props;
  const [shown, setShown] = useState<PreviewShown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const banks = exam.plan.sections.flatMap((section) => section.sources.flatMap((one) => (one.kind === "draw" ? [one.bank_id] : [])));
  const http = useMemo(() => picturesOf(desk, [...new Set(banks)]), [desk, banks.join()]);
  const draw = async (seed: string): Promise<void> => {
    if (props.isDirty && (await props.save()) === null) return;
    const answer = await desk.ask<PreviewShown>("POST", `/exams/${encodeURIComponent(exam.exam_id)}/previews`, { seed });
    setProblem("problem" in answer ? answer.problem : null);
    setShown("reply" in answer ? answer.reply : null);
  };
  return (
    <section class="panel" aria-label="Preview as a candidate">
      <h2>Preview as a candidate</h2>
      <p class="hint">Each candidate gets a form of their own. This draws one, as they would see it; nothing is kept.</p>
      <Failure problem={problem} />
      <p class="acts">
        <button type="button" data-testid="preview" onClick={() => void draw("")}>
          {shown === null ? "Draw a form" : "Draw another form"}
        </button>
        {shown === null ? null : <span class="hint">Seed {shown.seed}</span>}
      </p>
      {shown === null ? null : (
        <ol class="form-shown" data-testid="form">
          {shown.slots.map((slot, place) => (
            <li key={`${shown.seed}/${slot.id}`}>
              <p class="eyebrow">
                {shown.sections.find((one) => one.id === slot.section_id)?.title} · question {place + 1} of {shown.slots.length} · {slot.centipoints / 100}{" "}
                {slot.centipoints === 100 ? "point" : "points"}
              </p>
              <AskedView id={`${shown.seed}-${slot.id}`} question={slot.question} http={http} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
