import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { ReasonDialog } from "../shared/reason_dialog";
import { type ResultListed, type ResultState, sayEarned, sayPercent } from "../shared/results_told";
import { sayDay } from "../shared/wording";

const STATES: Readonly<Record<ResultState, string>> = {
  marking: "Being marked",
  reconciling: "Markers disagree",
  marked: "To release",
  released: "Released",
  withheld: "Withheld",
};
type Outcome = "all" | "pass" | "fail" | "open";

/** Everybody, by name, to look through, release and withhold. */
export function Table({ api, results, changed }: { api: Api; results: readonly ResultListed[]; changed: () => void }) {
  const [name, setName] = useState("");
  const [state, setState] = useState<ResultState | "all">("all");
  const [outcome, setOutcome] = useState<Outcome>("all");
  const [withholding, setWithholding] = useState<ResultListed | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const act = async (result: ResultListed, verb: "release" | "withhold", body?: object): Promise<void> => {
    const answer = await api.ask("POST", `/v1/results/${encodeURIComponent(result.result_id)}/${verb}`, body);
    setProblem("problem" in answer ? answer.problem : null);
    changed();
  };
  const shown = results
    .filter((each) => each.candidate_name.toLocaleLowerCase().includes(name.trim().toLocaleLowerCase()))
    .filter((each) => state === "all" || each.state === state)
    .filter((each) => outcome === "all" || outcomeOf(each) === outcome)
    .toSorted((one, other) => one.candidate_name.localeCompare(other.candidate_name));
  return (
    <section aria-labelledby="everybody" class="everybody">
      <h3 id="everybody">Everybody</h3>
      <p class="filters">
        <label>
          Name
          <input type="search" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label>
          State
          <select value={state} onChange={(event) => setState(event.currentTarget.value as ResultState | "all")}>
            <option value="all">Any</option>
            {Object.entries(STATES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Outcome
          <select value={outcome} onChange={(event) => setOutcome(event.currentTarget.value as Outcome)}>
            <option value="all">Any</option>
            <option value="pass">Passed</option>
            <option value="fail">Not passed</option>
            <option value="open">Open</option>
          </select>
        </label>
      </p>
      <Failure problem={problem} />
      <p class="hint" role="status">
        {shown.length} of {results.length}
      </p>
      <ul class="lines" data-testid="results">
        {shown.map((result) => (
          <li key={result.result_id} data-testid="result" data-state={result.state} data-pass={result.grade.is_pass ?? ""}>
            <div>
              <strong>{result.candidate_name}</strong>
              <span class="since">
                {outcomeOf(result) === "open"
                  ? `${sayEarned(result.grade.earned_centipoints, result.grade.worth_centipoints)} so far`
                  : `${sayEarned(result.grade.earned_centipoints, result.grade.worth_centipoints)}, ${sayPercent(result.grade.percent_hundredths)}`}
                {result.regrades === 0 ? "" : `; graded again: ${result.grade.reason}`}
                {result.reason === "" ? "" : `; ${result.reason}`}
                {result.state === "marked" && result.release_at_ms > 0 ? `; released by itself ${sayDay(result.release_at_ms)}` : ""}
              </span>
            </div>
            <span class="badges">
              <Outcome result={result} />
              <span class="badge">{STATES[result.state]}</span>
            </span>
            <span class="acts">
              {result.actions.includes("release") ? (
                <button type="button" onClick={() => void act(result, "release")} aria-label={`Release the result of ${result.candidate_name}`}>
                  Release
                </button>
              ) : null}
              {result.actions.includes("withhold") ? (
                <button type="button" class="quiet" onClick={() => setWithholding(result)} aria-label={`Withhold the result of ${result.candidate_name}`}>
                  Withhold…
                </button>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      {withholding === null ? null : (
        <ReasonDialog
          title={`Withhold the result of ${withholding.candidate_name}`}
          explains="They no longer see it, a credential that came with it ends, and they are told your reason by mail."
          act="Withhold it"
          done={(reason) => {
            setWithholding(null);
            if (reason !== null) void act(withholding, "withhold", { reason });
          }}
        />
      )}
    </section>
  );
}

function outcomeOf(result: ResultListed): Outcome {
  if (result.grade.is_pass === null) return "open";
  return result.grade.is_pass ? "pass" : "fail";
}

function Outcome({ result }: { result: ResultListed }) {
  const outcome = outcomeOf(result);
  if (outcome === "open") return null;
  return (
    <span class="badge" data-tone={outcome === "pass" ? "good" : "alarm"}>
      {outcome === "pass" ? "Passed" : "Not passed"}
    </span>
  );
}
