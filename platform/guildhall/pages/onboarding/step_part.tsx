import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure, Submit } from "../shared/form";
import type { Answer } from "../shared/line";
import type { Problem } from "../shared/messages";
import type { Content, Onboarding, Step } from "../shared/onboarding";
import { readForm } from "./contents";
import { DevicePart } from "./device_part";
import { DocumentsPart } from "./documents_part";
import { ConsentFields, PayoutFields, ProfileFields, SkillsFields } from "./step_fields";

const AUTOSAVE_MS = 1_200;

interface PartProps {
  readonly api: Api;
  readonly step: Step;
  /** `isDone`: it was handed in, and the page may lead on. */
  readonly changed: (onboarding: Onboarding, isDone: boolean) => void;
}

/** One step, open for its agent: every change is kept by itself, and handing in says what is still wrong, by field. */
export function StepPart({ api, step, changed }: PartProps) {
  if (step.kind === "assessment") return <ExamPart step={step} />;
  if (!step.can_edit) {
    return <p class="hint">{step.why_not}</p>;
  }
  if (step.kind === "device") return <DevicePart api={api} step={step} changed={(next) => changed(next, true)} />;
  return <FormPart api={api} step={step} changed={changed} />;
}

function ExamPart({ step }: { step: Step }) {
  if (step.standing === "passed" || step.standing === "waived") return null;
  if (step.standing === "locked") return <p class="hint">{step.says}</p>;
  return (
    <p>
      <a class="button" href="/exams" data-testid="to-exam">
        Your exams
      </a>
    </p>
  );
}

function FormPart({ api, step, changed }: PartProps) {
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef(0);
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const [busy, setBusy] = useState(false);
  const [kept, setKept] = useState<"" | "keeping" | "kept" | "not kept">("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const path = `/v1/onboarding/mine/steps/${step.key}`;
  const isDocuments = step.kind === "documents";

  const read = (): Content => (form.current === null || isDocuments ? {} : readForm(step.kind, new FormData(form.current)));
  /** One after the other: an older draft must not come after a newer one. */
  const send = (method: "PUT" | "POST", under: string, content: Content): Promise<Answer<Onboarding>> => {
    const sent = line.current.then(() => api.ask<Onboarding>(method, path + under, { content }));
    line.current = sent;
    return sent;
  };
  const keep = async (): Promise<void> => {
    clearTimeout(timer.current);
    timer.current = 0;
    setKept("keeping");
    const answer = await send("PUT", "", read());
    setKept("reply" in answer ? "kept" : "not kept");
    if ("reply" in answer) changed(answer.reply, false);
    else setProblem(answer.problem);
  };
  const submit = async (): Promise<void> => {
    clearTimeout(timer.current);
    timer.current = 0;
    setBusy(true);
    setProblem(null);
    const answer = await send("POST", "/submission", read());
    setBusy(false);
    if ("reply" in answer) return changed(answer.reply, true);
    setProblem(answer.problem);
    const [first] = Object.keys(answer.problem.fields ?? {});
    const field = first === undefined ? null : form.current?.elements.namedItem(first);
    if (field instanceof HTMLElement) field.focus();
  };
  // Whoever turns to another step, or leaves the page, loses nothing that was typed a moment ago.
  useEffect(() => {
    const leave = (): void => void (timer.current !== 0 && keep());
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      if (timer.current !== 0) void send("PUT", "", read());
      clearTimeout(timer.current);
    };
  }, []);

  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
      onInput={() => {
        if (isDocuments) return;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => void keep(), AUTOSAVE_MS) as unknown as number;
        setKept("");
      }}
    >
      {step.kind === "profile" ? <ProfileFields step={step} problem={problem} /> : null}
      {step.kind === "skills" ? <SkillsFields step={step} problem={problem} /> : null}
      {step.kind === "consents" || step.kind === "agreement" ? <ConsentFields step={step} problem={problem} /> : null}
      {step.kind === "payout" ? <PayoutFields step={step} problem={problem} /> : null}
      {isDocuments ? <DocumentsPart api={api} step={step} problem={problem} changed={(next) => changed(next, false)} /> : null}
      <Failure problem={problem} />
      <p class="acts">
        <Submit busy={busy} testid="submit-step">
          {step.verifier === "person" ? "This is complete" : "Done, next"}
        </Submit>
        <span class="hint" role="status" data-testid="kept">
          {kept === "keeping" ? "Keeping…" : kept === "kept" ? "Kept." : kept === "not kept" ? "Not kept yet." : ""}
        </span>
      </p>
    </form>
  );
}
