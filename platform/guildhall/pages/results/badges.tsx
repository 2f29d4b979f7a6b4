import type { ResultListed, ResultState } from "../shared/results_told";

export const STATES: Readonly<Record<ResultState, string>> = {
  marking: "Being marked",
  reconciling: "Markers disagree",
  marked: "To release",
  held: "Held for now",
  released: "Released",
  withheld: "Withheld",
};

export function outcomeOf(result: ResultListed): "pass" | "fail" | "open" {
  if (result.grade.is_pass === null) return "open";
  return result.grade.is_pass ? "pass" : "fail";
}

/** Whether it was passed, and where the result stands. */
export function Badges({ result }: { result: ResultListed }) {
  const outcome = outcomeOf(result);
  return (
    <span class="badges">
      {outcome === "open" ? null : (
        <span class="badge" data-tone={outcome === "pass" ? "good" : "alarm"}>
          {outcome === "pass" ? "Passed" : "Not passed"}
        </span>
      )}
      <span class="badge">{result.is_sat_again ? "Being sat again" : STATES[result.state]}</span>
    </span>
  );
}
