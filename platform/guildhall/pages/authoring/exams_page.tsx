import { useState } from "preact/hooks";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { ExamListed, ExamShown } from "./authored";
import { STATE_WORDS } from "./authored";
import type { Desk } from "./desk";
import { ForWhom, NobodyToWriteFor, WhoseHint } from "./for_whom";
import type { Owner } from "../shared/organisations";
import { type Read, useList, Waiting } from "../shared/reading";
import { newPlan } from "./starting";

/** The exams one may write, and a new one. */
export function ExamsPage({ desk, owners }: { desk: Desk; owners: Read<readonly Owner[]> }) {
  const exams = useList<ExamListed>(desk, "/exams");
  const [isNew, setIsNew] = useState(false);
  const making = useSubmit(
    (entered) => desk.ask<ExamShown>("POST", "/exams", { plan: newPlan(entered.text("title")), organisation_id: entered.text("organisation_id") }),
    (exam) => location.assign(`#/exams/${exam.exam_id}`),
  );
  return (
    <>
      <h1 tabIndex={-1}>Exams</h1>
      <Waiting read={exams} />
      {exams.value?.length === 0 && owners.value?.length !== 0 ? (
        <p class="nothing">An exam draws questions from banks by rules. You have none yet: begin one, then add sections to it.</p>
      ) : null}
      <ul class="lines" data-testid="exams">
        {exams.value?.map((exam) => (
          <li key={exam.exam_id}>
            <div>
              <a href={`#/exams/${exam.exam_id}`}>{exam.title}</a>
              <WhoseHint owners={owners.value} organisationId={exam.organisation_id} />
            </div>
            <span class="badges">
              <span class="badge" data-state={exam.state}>
                {STATE_WORDS[exam.state]}
                {exam.state === "published" && !exam.is_draft_published ? ", changed since" : ""}
              </span>
              <span class="hint">
                {Math.round(exam.duration_seconds / 60)} min{exam.is_proctored ? " · proctored" : ""}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {exams.hasMore ? (
        <button type="button" onClick={() => exams.more()}>
          Show more
        </button>
      ) : null}
      {owners.value?.length === 0 ? (
        <NobodyToWriteFor what="Exams" />
      ) : isNew && owners.value !== null ? (
        <form class="form panel" onSubmit={making.onSubmit}>
          <Failure problem={making.problem} />
          <Field name="title" label="Title of the exam" autocomplete="off" focused problem={making.problem} />
          <ForWhom owners={owners.value} />
          <Submit busy={making.busy} testid="make-exam">
            Begin it
          </Submit>
        </form>
      ) : (
        <p>
          <button type="button" class="primary" data-testid="new-exam" onClick={() => setIsNew(true)}>
            New exam
          </button>
        </p>
      )}
    </>
  );
}
