import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { QuestionText, sayKey } from "../shared/response_view";
import { type AnswerKey, type RegradePreviewed, type VersionKeyShown, sayPercent, sayPoints } from "../shared/results_told";
import { sayCount } from "../shared/wording";
import { KeyEditor } from "./key_editor";

interface RegradeProps {
  readonly api: Api;
  readonly versionId: string;
  readonly close: () => void;
  readonly changed: () => void;
}

/** A key that was wrong: the right one is tried on everybody, and only then can be applied. */
export function Regrade({ api, versionId, close, changed }: RegradeProps) {
  const [shown, setShown] = useState<VersionKeyShown | null>(null);
  const [key, setKey] = useState<AnswerKey | null>(null);
  const [preview, setPreview] = useState<RegradePreviewed | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [isApplied, setApplied] = useState(false);
  const isLooking = preview !== null && preview.next_after !== null;
  const path = `/v1/item-versions/${encodeURIComponent(versionId)}`;

  useEffect(() => {
    void api.ask<VersionKeyShown>("GET", `${path}/key`).then((answer) => {
      if ("problem" in answer) return setProblem(answer.problem);
      setShown(answer.reply);
      setKey(answer.reply.key);
    });
  }, []);
  // Another key, or another look, ends the one before: its pages would be added to figures that are not its own.
  const look = useRef(0);
  useEffect(() => () => void (look.current += 1), []);
  const tryIt = async (): Promise<void> => {
    const own = (look.current += 1);
    let known = NOTHING_YET;
    setPreview(known);
    setProblem(null);
    while (known.next_after !== null && own === look.current) {
      const answer = await api.ask<RegradePreviewed>("POST", `${path}/regrade-preview`, { key, after: known.next_after });
      if (own !== look.current) return;
      if ("problem" in answer) {
        setPreview(null);
        return setProblem(answer.problem);
      }
      known = addUp(known, answer.reply);
      setPreview(known);
    }
  };
  const apply = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get("reason")).trim();
    setBusy(true);
    const answer = await api.ask("POST", `${path}/corrections`, { key, reason }, shown?.rev);
    setBusy(false);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    setApplied(true);
    setTimeout(changed, 2_500); // results follow within seconds
  };

  if (isApplied) {
    return (
      <p class="told" role="status" data-testid="regrade-applied">
        The key is corrected. Everybody who had the question is graded again now; whoever’s result changes is told by mail.
      </p>
    );
  }
  return (
    <section class="regrade" aria-label="Correct the key" data-testid="regrade">
      {shown === null || key === null ? (
        <Failure problem={problem} />
      ) : (
        <>
          <QuestionText question={shown.question} />
          <p class="hint">
            Right until now: {sayKey(shown.question, shown.key)}
            {shown.corrections.length === 0 ? "" : `. Corrected ${sayCount(shown.corrections.length, "time", "times")} before.`}
          </p>
          <KeyEditor
            question={shown.question}
            value={key}
            set={(edited) => {
              setKey(edited);
              look.current += 1;
              setPreview(null);
            }}
          />
          <Failure problem={problem} />
          <p class="acts">
            <button type="button" onClick={() => !isLooking && void tryIt()} aria-disabled={isLooking} data-testid="try-key">
              See who would change
            </button>
            <button type="button" class="quiet" onClick={close}>
              Leave the key as it is
            </button>
          </p>
          {preview === null ? null : <Preview preview={preview} busy={busy} apply={(event) => void apply(event)} />}
        </>
      )}
    </section>
  );
}

const NOTHING_YET: RegradePreviewed = { affected: 0, to_pass: 0, to_fail: 0, changed: [], next_after: "" };
const ROWS_MAX = 500;

export function addUp(one: RegradePreviewed, other: RegradePreviewed): RegradePreviewed {
  return {
    affected: one.affected + other.affected,
    to_pass: one.to_pass + other.to_pass,
    to_fail: one.to_fail + other.to_fail,
    changed: [...one.changed, ...other.changed],
    next_after: other.next_after,
  };
}

function Preview({ preview, busy, apply }: { preview: RegradePreviewed; busy: boolean; apply: (event: SubmitEvent) => void }) {
  if (preview.next_after !== null) {
    return (
      <p class="told" role="status" data-testid="preview-progress">
        Looking at everybody who had the question: {preview.affected} so far, {preview.changed.length} of them would change…
      </p>
    );
  }
  return (
    <div class="preview" data-testid="preview" data-to-pass={preview.to_pass} data-to-fail={preview.to_fail}>
      <p role="status">
        {preview.changed.length === 0
          ? `Nobody’s points would change, of ${sayCount(preview.affected, "person", "people")} who had the question.`
          : `${preview.changed.length} of ${preview.affected} would change: ${preview.to_pass} would pass who have not, ${preview.to_fail} would lose their pass.`}
      </p>
      {preview.changed.length === 0 ? null : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Who would change">
          <table>
            <thead>
              <tr>
                <th scope="col">Candidate</th>
                <th scope="col" class="number">
                  Now
                </th>
                <th scope="col" class="number">
                  Would be
                </th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {preview.changed.slice(0, ROWS_MAX).map((one) => (
                <tr key={one.result_id}>
                  <th scope="row">{one.candidate_name}</th>
                  <td class="number">
                    {sayPoints(one.earned_before)} ({sayPercent(one.percent_before)})
                  </td>
                  <td class="number">
                    {sayPoints(one.earned_after)} ({sayPercent(one.percent_after)})
                  </td>
                  <td>{sayTurn(one.passed_before, one.passed_after)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {preview.changed.length > ROWS_MAX ? <p class="hint">The first {ROWS_MAX} are shown; the figures above count all.</p> : null}
        </div>
      )}
      <form class="form" onSubmit={apply}>
        <p class="field">
          <label for="why">Why the key was wrong; candidates whose result changes read it</label>
          <input id="why" name="reason" required minLength={3} maxLength={400} autocomplete="off" />
        </p>
        <p>
          <button type="submit" class="primary" aria-disabled={busy} data-testid="apply-key">
            Correct the key for everybody
          </button>
        </p>
      </form>
    </div>
  );
}

function sayTurn(before: boolean | null, after: boolean | null): string {
  if (before === false && after === true) return "Would pass";
  if (before === true && after === false) return "Would not pass any more";
  return "As before";
}
