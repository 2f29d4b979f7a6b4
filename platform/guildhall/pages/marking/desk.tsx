import { useEffect, useRef, useState } from "preact/hooks";
import type { Items } from "../shared/accounts";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { UploadedFile } from "../shared/exam";
import type { Problem } from "../shared/messages";
import { saveBlob } from "../shared/save_file";
import { ReasonDialog } from "../shared/reason_dialog";
import { picturesBelow, QuestionText, ResponseView } from "../shared/response_view";
import { type ClaimAnswered, type MarkSaved, type MarkShown, type OwnMarkListed, type QuestionListed, sayPoints } from "../shared/results_told";
import { sayClock } from "../shared/wording";
import { Autosave, type Saving } from "./autosave";
import { firstMissing, type Points, total } from "./giving";
import { Others } from "./others";
import { Progress } from "./queue";
import { Rubric } from "./rubric";
import { useShortcuts } from "../shared/shortcuts";

const bankOf = (mark: MarkShown): string => `/v1/banks/${encodeURIComponent(mark.bank_id)}`;
const path = (markId: string): string => `/v1/marking/marks/${encodeURIComponent(markId)}`;

/** One question, candidate after candidate. */
export function Desk({ api, question, changed }: { api: Api; question: QuestionListed; changed: () => void }) {
  const [mark, setMark] = useState<MarkShown | null>(null);
  const [isEmpty, setEmpty] = useState(false);
  const [mine, setMine] = useState<readonly OwnMarkListed[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);

  const claim = { delivery_id: question.delivery_id, version_id: question.version_id };
  const list = async (): Promise<void> => {
    const answer = await api.ask<Items<OwnMarkListed>>("GET", `/v1/marking/mine?${new URLSearchParams(claim).toString()}`);
    if ("reply" in answer) setMine(answer.reply.items);
  };
  const next = async (): Promise<void> => {
    const answer = await api.ask<ClaimAnswered>("POST", "/v1/marking/claims", claim);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) {
      setMark(answer.reply.mark);
      setEmpty(answer.reply.mark === null);
    }
    await list();
    changed();
  };
  const open = async (markId: string): Promise<void> => {
    const answer = await api.ask<MarkShown>("GET", path(markId));
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) setMark(answer.reply);
  };
  useEffect(() => void next(), []);

  const place = mark === null ? mine.length : mine.findIndex((each) => each.mark_id === mark.mark_id);
  const before = place > 0 ? mine[place - 1] : undefined;
  const after = place >= 0 ? mine[place + 1] : undefined;
  return (
    <section aria-label={`Marking ${question.prompt}`} class="desk" data-testid="desk">
      <p class="desk-line">
        <a href="#">All questions</a>
        <Progress question={question} />
      </p>
      <Failure problem={problem} />
      <details class="asked" open>
        <summary>The question</summary>
        {mark === null ? <p>{question.prompt}</p> : <QuestionText question={mark.question} pictures={picturesBelow(api, bankOf(mark))} />}
        {mark !== null && mark.model_answer !== "" ? (
          <details>
            <summary>A model answer</summary>
            <p class="written">{mark.model_answer}</p>
          </details>
        ) : null}
      </details>
      {mark === null ? (
        <p class="nothing" role="status" data-testid="nothing-left">
          {isEmpty ? (
            <>
              Nothing of this question is left for you: the rest is marked, taken by others, or must be looked at by somebody who
              has not marked it yet. <a href="#">Back to all questions.</a>
            </>
          ) : (
            "One moment…"
          )}
        </p>
      ) : (
        <Sheet
          key={mark.mark_id}
          api={api}
          mark={mark}
          reload={() => open(mark.mark_id)}
          next={after === undefined ? next : () => open(after.mark_id)}
          previous={before === undefined ? null : () => open(before.mark_id)}
        />
      )}
      {mark === null && before !== undefined ? (
        <p>
          <button type="button" onClick={() => void open(before.mark_id)}>
            Look at the last one again
          </button>
        </p>
      ) : null}
    </section>
  );
}

interface SheetProps {
  readonly api: Api;
  readonly mark: MarkShown;
  readonly reload: () => Promise<void>;
  readonly next: () => Promise<void>;
  readonly previous: (() => Promise<void>) | null;
}

/** One answer and its points. Nothing is said to be saved before the server has said so. */
function Sheet({ api, mark, reload, next, previous }: SheetProps) {
  const [points, setPoints] = useState<Points>(mark.points);
  const [comment, setComment] = useState(mark.comment);
  const [saving, setSaving] = useState<Saving>({ state: "clean", at_ms: null });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const commentField = useRef<HTMLTextAreaElement>(null);
  const [autosave] = useState(
    () =>
      new Autosave(
        mark.rev,
        (draft, rev) => api.ask<MarkSaved>("PUT", path(mark.mark_id), draft, rev),
        setSaving,
      ),
  );
  useEffect(() => {
    heading.current?.focus();
    const leaving = (event: BeforeUnloadEvent): void => {
      if (isUnsaved.current) event.preventDefault();
    };
    addEventListener("beforeunload", leaving);
    return () => {
      removeEventListener("beforeunload", leaving);
      void autosave.flush().finally(() => autosave.close());
    };
  }, []);
  const isUnsaved = useRef(false);
  isUnsaved.current = saving.state !== "clean";

  const give = (criterion: string, centipoints: number): void => {
    const given = { ...points, [criterion]: centipoints };
    setPoints(given);
    autosave.change({ points: given, comment });
  };
  const write = (text: string): void => {
    setComment(text);
    autosave.change({ points, comment: text });
  };
  const go = async (move: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    if (mark.is_final || (await autosave.flush())) await move();
    setBusy(false);
  };
  const finish = async (): Promise<void> => {
    const missing = firstMissing(mark.criteria, points);
    if (missing !== null) {
      setProblem({ type: "incomplete", title: "", status: 422, detail: `Give points for “${missing.title}” first.` });
      document.getElementById(`criterion-${missing.id}`)?.focus();
      return;
    }
    await go(async () => {
      const answer = await api.ask<MarkSaved>("POST", `${path(mark.mark_id)}/final`, undefined, autosave.rev);
      setProblem("problem" in answer ? answer.problem : null);
      if ("reply" in answer) await next();
    });
  };
  const reopen = async (reason: string | null): Promise<void> => {
    setAsking(false);
    if (reason === null) return;
    const answer = await api.ask<MarkSaved>("POST", `${path(mark.mark_id)}/reopenings`, { reason });
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) await reload();
  };
  const download = async (file: UploadedFile): Promise<void> => {
    const answer = await api.askBlob(`${path(mark.mark_id)}/files/${encodeURIComponent(file.file_id)}`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(`${mark.label}, ${file.name}`, answer.reply);
  };
  const giveBack = async (): Promise<void> => {
    const answer = await api.ask("DELETE", `${path(mark.mark_id)}/claim`);
    if ("problem" in answer) return setProblem(answer.problem);
    autosave.close();
    location.hash = "";
  };
  const [isOn, setOn] = useShortcuts({
    n: () => void go(next),
    p: () => void (previous !== null && go(previous)),
    c: () => commentField.current?.focus(),
    "Control+Enter": () => void finish(),
  });

  return (
    <article class="sheet-wide" data-testid="mark" data-mark={mark.mark_id} data-role={mark.role}>
      <h2 tabIndex={-1} ref={heading}>
        {mark.name === "" ? mark.label : `${mark.label}, ${mark.name}`}
        <span class="badge">{ROLES[mark.role]}</span>
      </h2>
      {mark.reopened.length === 0 ? null : <p class="told">Opened again: {mark.reopened.at(-1)}</p>}
      <div class="columns">
        <section aria-label="The answer" class="given">
          <ResponseView question={mark.question} response={mark.response} pictures={picturesBelow(api, bankOf(mark))} download={(file) => void download(file)} />
          <Others others={mark.others} criteria={mark.criteria} />
        </section>
        <section aria-label="Points" class="points">
          <Rubric criteria={mark.criteria} points={points} isFinal={mark.is_final} give={give} />
          <p class="sum" aria-live="polite" data-testid="sum">
            {sayPoints(total(mark.criteria, points))} of {sayPoints(mark.criteria.reduce((sum, each) => sum + each.centipoints, 0))}
          </p>
          <p class="field">
            <label for="comment">Comment, shown with the result</label>
            <textarea
              id="comment"
              ref={commentField}
              rows={4}
              maxLength={5000}
              value={comment}
              readOnly={mark.is_final}
              onInput={(event) => write(event.currentTarget.value)}
            />
          </p>
          <Failure problem={problem ?? (saving.state === "failed" ? saving.problem : null)} />
          <p class="saving" role="status" data-testid="saving" data-state={saving.state}>
            {mark.is_final ? "This mark is final." : saySaving(saving)}
          </p>
          {saving.state === "failed" && saving.problem.status === 412 ? (
            <p>
              <button type="button" onClick={() => void reload()}>
                Show what is stored
              </button>
            </p>
          ) : null}
          <p class="acts">
            {previous === null ? null : (
              <button type="button" onClick={() => void go(previous)} aria-disabled={busy}>
                Previous
              </button>
            )}
            {mark.is_final ? (
              <>
                <button type="button" onClick={() => setAsking(true)} data-testid="reopen">
                  Open again…
                </button>
                <button type="button" class="primary" onClick={() => void go(next)} aria-disabled={busy} data-testid="next">
                  Next answer
                </button>
              </>
            ) : (
              <>
                <button type="button" class="primary" onClick={() => void finish()} aria-disabled={busy} data-testid="finish">
                  {busy ? "One moment…" : "Final, and next"}
                </button>
                <button type="button" class="quiet" onClick={() => void giveBack()}>
                  Leave it to somebody else
                </button>
              </>
            )}
          </p>
        </section>
      </div>
      {asking ? (
        <ReasonDialog
          title="Open this mark again"
          explains="It does not count until it is final again. What it was and your reason are kept."
          act="Open it again"
          done={(reason) => void reopen(reason)}
        />
      ) : null}
      <p class="hint keys">
        <label>
          <input type="checkbox" checked={isOn} onChange={(event) => setOn(event.currentTarget.checked)} /> Single keys:
        </label>{" "}
        <kbd>n</kbd> next, <kbd>p</kbd> previous, <kbd>c</kbd> comment. On a criterion <kbd>0</kbd>–<kbd>9</kbd> and <kbd>f</kbd> for
        all, <kbd>↑</kbd> <kbd>↓</kbd> for the others. Always: <kbd>Ctrl</kbd>+<kbd>Enter</kbd> final, and next.
      </p>
    </article>
  );
}

const ROLES = { first: "First mark", second: "Second mark", reconciling: "Reconciling" } as const;

function saySaving(saving: Saving): string {
  if (saving.state === "saving") return "Saving…";
  if (saving.state === "failed") return "Not saved yet. What you gave is still on this page.";
  return saving.at_ms === null ? "Points are saved as you give them." : `Saved at ${sayClock(saving.at_ms)}.`;
}
