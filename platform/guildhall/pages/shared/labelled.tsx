import type { ComponentChildren } from "preact";
import type { Problem } from "./messages";
import { sayField } from "./problems";

interface LabelledProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly problem: Problem | null;
  readonly children: (tied: { id: string; name: string; "aria-invalid": boolean; "aria-describedby": string | undefined }) => ComponentChildren;
}

/** A label, what it is about, a hint and what is wrong with it, tied together. */
export function Labelled({ name, label, hint, problem, children }: LabelledProps) {
  const wrong = problem?.fields?.[name];
  const described = [hint === undefined ? "" : `${name}-hint`, wrong === undefined ? "" : `${name}-wrong`].join(" ").trim();
  return (
    <p class="field">
      <label for={name}>{label}</label>
      {children({ id: name, name, "aria-invalid": wrong !== undefined, "aria-describedby": described || undefined })}
      {hint === undefined ? null : (
        <span class="hint" id={`${name}-hint`}>
          {hint}
        </span>
      )}
      <Wrong name={name} problem={problem} />
    </p>
  );
}

export function Wrong({ name, problem }: { name: string; problem: Problem | null }) {
  const wrong = problem?.fields?.[name];
  return wrong === undefined ? null : (
    <span class="wrong" id={`${name}-wrong`}>
      {sayField(wrong)}
    </span>
  );
}

interface LineProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly problem: Problem | null;
  readonly autocomplete?: string;
  readonly maxLength?: number;
}

export function Line({ name, label, hint, value, problem, autocomplete = "off", maxLength = 120 }: LineProps) {
  return (
    <Labelled name={name} label={label} {...(hint === undefined ? {} : { hint })} problem={problem}>
      {(tied) => <input {...tied} autocomplete={autocomplete as "off"} defaultValue={value} maxLength={maxLength} />}
    </Labelled>
  );
}
