import { useEffect, useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { Bank, ExamChecked, ExamPlan, ExamShown } from "./authored";
import { STATE_WORDS } from "./authored";
import { Changes } from "./changes";
import { DeliverPart } from "./deliver_part";
import type { Desk } from "./desk";
import { EditingNotes, useEditing } from "./editing";
import { ExamFields } from "./exam_fields";
import { ExamPreview } from "./exam_preview";
import { readWrong } from "./fields";
import { type Owner, sayOwner } from "../shared/organisations";
import { useRead, useWhole, Waiting } from "../shared/reading";
import { SectionFields } from "./section_fields";
import { newSection } from "./starting";

const PATIENCE_MS = 500;
const BANKS_MOST = 2_000;

export function ExamPage({ desk, owners, examId }: { desk: Desk; owners: readonly Owner[] | null; examId: string }) {
  const exam = useRead<ExamShown>(desk, `/exams/${encodeURIComponent(examId)}`);
  const banks = useWhole<Bank>(desk, "/banks?limit=100", BANKS_MOST);
  if (exam.value === null || banks.value === null) return <Waiting read={exam.value === null ? exam : banks} />;
  return <ExamEditor desk={desk} owners={owners} stored={exam.value} banks={banks.value} />;
}

function ExamEditor({ desk, owners, stored, banks }: { desk: Desk; owners: readonly Owner[] | null; stored: ExamShown; banks: readonly Bank[] }) {
  const [exam, setExam] = useState(stored);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState("");
  const editing = useEditing<ExamPlan>(exam.exam_id, stored.plan);
  const plan = editing.value;
  const checked = useCheck(desk, exam, plan);
  const wrong = readWrong(checked.flaws);
  const own = banks.filter((bank) => bank.organisation_id === exam.organisation_id);
  const set = (part: Partial<ExamPlan>): void => editing.change({ ...plan, ...part });

  const save = async (): Promise<ExamShown | null> => {
    setTold("");
    const answer = await desk.ask<ExamShown>("PUT", `/exams/${encodeURIComponent(exam.exam_id)}`, { plan }, exam.rev);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return null;
    editing.saved(answer.reply.plan);
    setExam(answer.reply);
    setTold("Saved.");
    return answer.reply;
  };
  const act = async (action: string): Promise<void> => {
    const saved = editing.isDirty ? await save() : exam;
    if (saved === null) return;
    const answer = await desk.ask<ExamShown>("POST", `/exams/${encodeURIComponent(exam.exam_id)}/${action}`, undefined, saved.rev);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    setExam(answer.reply);
    setTold(action === "publish" ? "Published: deliver it below." : "Done.");
  };
  const can = (action: string): boolean => exam.actions.some((one) => one.action === action && one.allowed);

  return (
    <>
      <p class="eyebrow">
        <a href="#/exams">Exams</a>
        {sayOwner(owners, exam.organisation_id) === "" ? "" : ` · ${sayOwner(owners, exam.organisation_id)}`}
      </p>
      <h1 tabIndex={-1}>
        {exam.plan.title}
        <span class="badge" data-state={exam.state}>
          {STATE_WORDS[exam.state]}
          {exam.state === "published" && !exam.is_draft_published ? ", changed since" : ""}
        </span>
      </h1>
      <EditingNotes editing={editing} />
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <ExamFields plan={plan} wrong={wrong} set={set} />
        <h2>Sections</h2>
        {plan.sections.length === 0 ? <p class="nothing">There is nothing to answer yet. A section draws questions from a bank.</p> : null}
        {plan.sections.map((section, place) => (
          <SectionFields
            key={section.id}
            desk={desk}
            section={section}
            place={place}
            banks={own}
            sources={checked.sources}
            wrong={wrong}
            change={(next) => set({ sections: plan.sections.map((one, at) => (at === place ? next : one)) })}
            removeSource={(next, words) => editing.remove({ ...plan, sections: plan.sections.map((one, at) => (at === place ? next : one)) }, words)}
            remove={() => editing.remove({ ...plan, sections: plan.sections.filter((_, at) => at !== place) }, `“${section.title}” was removed.`)}
          />
        ))}
        <p>
          <button
            type="button"
            data-testid="add-section"
            disabled={own.length === 0}
            onClick={() => set({ sections: [...plan.sections, newSection(plan.sections.map((one) => one.id), own[0]?.bank_id ?? "")] })}
          >
            Add a section
          </button>
          {own.length === 0 ? <span class="hint"> There is no question bank to draw from yet.</span> : null}
        </p>
        {wrong("sections") === undefined || plan.sections.length > 0 ? null : <p class="wrong">{wrong("sections")}</p>}
        <Failure problem={problem} />
        <p class="acts sticky">
          <button type="submit" data-testid="save-exam">
            {editing.isDirty ? "Save draft" : "Saved"}
          </button>
          {can("publish") ? (
            <button type="button" class="primary" data-testid="publish-exam" onClick={() => void act("publish")}>
              Publish
            </button>
          ) : null}
          {can("retire") ? (
            <button type="button" onClick={() => void act("retire")}>
              Retire
            </button>
          ) : null}
          {can("revive") ? (
            <button type="button" onClick={() => void act("revive")}>
              Revive
            </button>
          ) : null}
          <span class="hint" role="status" data-testid="told">
            {editing.isDirty ? "Not saved yet; kept in this browser." : told}
          </span>
        </p>
      </form>
      <ExamPreview desk={desk} exam={exam} isDirty={editing.isDirty} save={save} />
      <DeliverPart desk={desk} exam={exam} />
      <Changes desk={desk} path={`/exams/${encodeURIComponent(exam.exam_id)}`} rev={exam.rev} />
    </>
  );
}

/** What the server says of the plan as it stands, a moment after the last change. */
function useCheck(desk: Desk, exam: ExamShown, plan: ExamPlan): ExamChecked {
  const [checked, setChecked] = useState<ExamChecked>(exam);
  const told = JSON.stringify(plan);
  useEffect(() => {
    const later = setTimeout(async () => {
      const asked = { organisation_id: exam.organisation_id, plan };
      const answer = await desk.ask<ExamChecked>("POST", "/exam-checks", asked);
      if ("reply" in answer) setChecked(answer.reply);
      else if (answer.problem.status === 422) {
        const flaws = Object.entries(answer.problem.fields ?? {}).map(([path, words]) => ({
          path: path.replace(/^plan\./, "").replace(/\.(draw|fixed)\./, "."),
          sentence: /^[a-z]/.test(words) ? `This ${words}.` : words,
        }));
        setChecked({ flaws, sources: [] });
      }
    }, PATIENCE_MS);
    return () => clearTimeout(later);
  }, [told]);
  return checked;
}
