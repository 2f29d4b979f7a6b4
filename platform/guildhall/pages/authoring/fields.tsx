import type { ComponentChildren } from "preact";
import type { Flaw } from "./authored";

/** What is wrong with one field, and with those beneath it that have no field of their own. */
export type Wrong = (path: string) => string | undefined;

export function readWrong(flaws: readonly Flaw[]): Wrong {
  return (path) => flaws.find((flaw) => flaw.path === path || flaw.path.startsWith(`${path}.`))?.sentence;
}

interface Common {
  readonly path: string;
  readonly label: string;
  readonly wrong: Wrong;
  readonly hint?: string;
}

function Around(props: Common & { children: ComponentChildren; row?: boolean }) {
  const wrong = props.wrong(props.path);
  return (
    <div class={props.row === true ? "field row" : "field"} data-path={props.path}>
      {props.children}
      {props.hint === undefined ? null : (
        <span class="hint" id={`${props.path}-hint`}>
          {props.hint}
        </span>
      )}
      {wrong === undefined ? null : (
        <span class="wrong" id={`${props.path}-wrong`}>
          {wrong}
        </span>
      )}
    </div>
  );
}

function tie(props: Common): { id: string; "aria-invalid": boolean; "aria-describedby": string | undefined } {
  const wrong = props.wrong(props.path) !== undefined;
  const described = [props.hint === undefined ? "" : `${props.path}-hint`, wrong ? `${props.path}-wrong` : ""].join(" ").trim();
  return { id: props.path, "aria-invalid": wrong, "aria-describedby": described || undefined };
}

export function Text(props: Common & { value: string; change: (value: string) => void; rows?: number; code?: boolean; max?: number }) {
  return (
    <Around {...props}>
      <label for={props.path}>{props.label}</label>
      {props.rows === undefined ? (
        <input type="text" {...tie(props)} value={props.value} maxLength={props.max ?? 500} onInput={(event) => props.change(event.currentTarget.value)} />
      ) : (
        <textarea
          {...tie(props)}
          class={props.code === true ? "code" : ""}
          rows={props.rows}
          maxLength={props.max ?? 20_000}
          value={props.value}
          onInput={(event) => props.change(event.currentTarget.value)}
        />
      )}
    </Around>
  );
}

export function Whole(props: Common & { value: number | null; change: (value: number) => void; least: number; most: number; step?: number }) {
  return (
    <Around {...props}>
      <label for={props.path}>{props.label}</label>
      <input
        type="number"
        {...tie(props)}
        value={props.value ?? ""}
        min={props.least}
        max={props.most}
        step={props.step ?? 1}
        onInput={(event) => {
          const read = event.currentTarget.valueAsNumber;
          if (Number.isFinite(read)) props.change(Math.min(props.most, Math.max(props.least, read)));
        }}
      />
    </Around>
  );
}

export function Tick(props: Common & { value: boolean; change: (value: boolean) => void }) {
  return (
    <Around {...props} row>
      <label class="tick">
        <input type="checkbox" {...tie(props)} checked={props.value} onInput={(event) => props.change(event.currentTarget.checked)} />
        {props.label}
      </label>
    </Around>
  );
}

export function Choose<T extends string>(
  props: Common & { value: T; options: readonly (readonly [T, string])[]; change: (value: T) => void },
) {
  return (
    <Around {...props}>
      <label for={props.path}>{props.label}</label>
      <select {...tie(props)} value={props.value} onInput={(event) => props.change(event.currentTarget.value as T)}>
        {props.options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </Around>
  );
}
