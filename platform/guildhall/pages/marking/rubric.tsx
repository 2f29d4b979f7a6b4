import { useEffect, useState } from "preact/hooks";
import { type Criterion, sayPoints } from "../shared/results_told";
import { isInPoints, type Points, pointsOf, readPoints } from "./giving";

interface RubricProps {
  readonly criteria: readonly Criterion[];
  readonly points: Points;
  readonly isFinal: boolean;
  readonly give: (criterion: string, centipoints: number) => void;
}

/** A row for each criterion: its points as typed, or by one key while the row has the focus. */
export function Rubric({ criteria, points, isFinal, give }: RubricProps) {
  return (
    <ol class="rubric">
      {criteria.map((criterion, place) => (
        <Row
          key={criterion.id}
          criterion={criterion}
          given={points[criterion.id]}
          isFinal={isFinal}
          give={(centipoints) => give(criterion.id, centipoints)}
          goTo={(step) => document.getElementById(`criterion-${criteria[place + step]?.id ?? ""}`)?.focus()}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  readonly criterion: Criterion;
  readonly given: number | undefined;
  readonly isFinal: boolean;
  readonly give: (centipoints: number) => void;
  readonly goTo: (step: 1 | -1) => void;
}

function Row({ criterion, given, isFinal, give, goTo }: RowProps) {
  const [typed, setTyped] = useState(given === undefined ? "" : sayPoints(given));
  const [isWrong, setWrong] = useState(false);
  useEffect(() => {
    setTyped(given === undefined ? "" : sayPoints(given));
    setWrong(false);
  }, [given]);
  const id = `criterion-${criterion.id}`;
  const most = sayPoints(criterion.centipoints);

  const press = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      return goTo(event.key === "ArrowDown" ? 1 : -1);
    }
    if (isFinal || event.ctrlKey || event.metaKey || event.altKey) return;
    // A digit gives its points at once while the field is as it was found; behind a number it is typed on.
    const field = event.currentTarget as HTMLInputElement;
    const isWhole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
    const centipoints = isWhole ? pointsOf(event.key, criterion) : null;
    if (centipoints === null) return;
    event.preventDefault();
    give(centipoints);
    setTyped(sayPoints(centipoints));
    goTo(1);
  };
  const type = (text: string): void => {
    setTyped(text);
    const centipoints = readPoints(text, criterion);
    setWrong(centipoints === null && text.trim() !== "");
    if (centipoints !== null) give(centipoints);
  };
  return (
    <li data-testid="criterion" data-given={given ?? ""}>
      <label for={id}>{criterion.title}</label>
      {criterion.description === "" ? null : <p class="hint">{criterion.description}</p>}
      <span class="worth">
        <input
          id={id}
          inputMode="decimal"
          autocomplete="off"
          value={typed}
          readOnly={isFinal}
          aria-invalid={isWrong}
          aria-describedby={`${id}-most`}
          onFocus={(event) => event.currentTarget.select()}
          onKeyDown={press}
          onInput={(event) => type(event.currentTarget.value)}
        />
        <span id={`${id}-most`}>
          of {most}
          <span class="unseen">
            . {isInPoints(criterion) ? "A digit gives so many points" : "A digit gives so many tenths"}, f gives all.
          </span>
        </span>
      </span>
      {isWrong ? <p class="wrong">From 0 to {most}, such as {sayPoints(Math.round(criterion.centipoints / 2))}.</p> : null}
    </li>
  );
}
