import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { focusOnce } from "./focus";
import type { Answer } from "./line";
import type { Problem } from "./messages";
import { sayField, sayProblem } from "./problems";

export interface Submitting {
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly onSubmit: (event: SubmitEvent) => void;
}

/** One form's journey to the server: sends once at a time, keeps the refusal, and leads the eye to what it is about. */
export function useSubmit<T>(
  send: (entered: Entered) => Promise<Answer<T>>,
  done: (reply: T, entered: Entered) => void,
): Submitting {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const entered = new Entered(new FormData(form));
    const answer = await send(entered);
    setBusy(false);
    if ("reply" in answer) return done(answer.reply, entered);
    setProblem(answer.problem);
    const refused = Object.keys(answer.problem.fields ?? {}).map((name) => form.elements.namedItem(name));
    const first = refused.find((field) => field instanceof HTMLElement);
    if (first instanceof HTMLElement) first.focus();
  };

  return {
    busy,
    problem,
    onSubmit: (event) => {
      event.preventDefault();
      if (!busy && event.currentTarget instanceof HTMLFormElement) void submit(event.currentTarget);
    },
  };
}

/** What was typed. Passwords are taken as they are; everything else without the blanks around it. */
export class Entered {
  readonly #fields: FormData;

  constructor(fields: FormData) {
    this.#fields = fields;
  }

  text(name: string): string {
    return this.secret(name).trim();
  }

  secret(name: string): string {
    return String(this.#fields.get(name) ?? "");
  }
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly autocomplete: string;
  readonly type?: "text" | "email" | "password";
  readonly inputMode?: "numeric" | "text";
  readonly value?: string;
  readonly hint?: string;
  readonly problem?: Problem | null;
  readonly maxLength?: number;
  readonly focused?: boolean;
  readonly optional?: boolean;
}

/** A label, its input, a hint and what was wrong with it, tied together for assistive technology. */
export function Field(props: FieldProps) {
  const { name, type = "text" } = props;
  const wrong = props.problem?.fields?.[name];
  const described = [props.hint === undefined ? "" : `${name}-hint`, wrong === undefined ? "" : `${name}-wrong`];
  return (
    <p class="field">
      <label for={name}>{props.label}</label>
      <input
        id={name}
        name={name}
        type={type as "text"} // preact types each kind of input apart, and this one is any of three
        autocomplete={props.autocomplete}
        inputMode={props.inputMode}
        defaultValue={props.value ?? ""}
        maxLength={props.maxLength ?? 254}
        required={props.optional !== true}
        spellcheck={false}
        autocapitalize={name === "name" ? "words" : "none"}
        aria-invalid={wrong !== undefined}
        aria-describedby={described.join(" ").trim() || undefined}
        ref={props.focused ? focusOnce : null}
      />
      {props.hint === undefined ? null : (
        <span class="hint" id={`${name}-hint`}>
          {props.hint}
        </span>
      )}
      {wrong === undefined ? null : (
        <span class="wrong" id={`${name}-wrong`}>
          {sayField(wrong)}
        </span>
      )}
    </p>
  );
}

/** A password that can be looked at: whoever types a long one should be able to check it. */
export function PasswordField(props: Omit<FieldProps, "type"> & { autocomplete: "current-password" | "new-password" }) {
  const [shown, setShown] = useState(false);
  return (
    <div class="password">
      <Field {...props} maxLength={1024} type={shown ? "text" : "password"} />
      <button type="button" class="quiet" aria-pressed={shown} aria-controls={props.name} onClick={() => setShown(!shown)}>
        {shown ? "Hide" : "Show"}
        <span class="unseen"> {props.label.toLowerCase()}</span>
      </button>
    </div>
  );
}

export function Submit(props: { busy: boolean; testid: string; children: ComponentChildren }) {
  return (
    <button type="submit" class="primary" aria-disabled={props.busy} data-testid={props.testid}>
      {props.busy ? "One moment…" : props.children}
    </button>
  );
}

/** The refusal in words, spoken as it appears. */
export function Failure({ problem }: { problem: Problem | null }) {
  return problem === null ? null : (
    <p class="failure" role="alert" data-testid="failure" data-problem={problem.type}>
      {sayProblem(problem)}
    </p>
  );
}
