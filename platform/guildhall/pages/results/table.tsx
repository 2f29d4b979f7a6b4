import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { type ResultListed, type ResultState, sayEarned, sayPercent } from "../shared/results_told";
import { sayDay } from "../shared/wording";
import { Badges, outcomeOf, STATES } from "./badges";
import { ResultActs } from "./result_acts";

type Wanted = ReturnType<typeof outcomeOf> | "all";

interface TableProps {
  readonly api: Api;
  readonly deliveryId: string;
  readonly results: readonly ResultListed[];
  readonly changed: () => void;
}

/** Everybody, by name, to look through, release and withhold. */
export function Table({ api, deliveryId, results, changed }: TableProps) {
  const [name, setName] = useState("");
  const [state, setState] = useState<ResultState | "all">("all");
  const [outcome, setOutcome] = useState<Wanted>("all");
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
          <select value={outcome} onChange={(event) => setOutcome(event.currentTarget.value as Wanted)}>
            <option value="all">Any</option>
            <option value="pass">Passed</option>
            <option value="fail">Not passed</option>
            <option value="open">Open</option>
          </select>
        </label>
      </p>
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
            <Badges result={result} />
            <span class="acts">
              <a class="button" href={`#${deliveryId}/${result.result_id}`}>
                Open<span class="unseen"> the result of {result.candidate_name}</span>
              </a>
              <ResultActs api={api} result={result} changed={changed} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
