import { PENALTIES, REASONS, type RightsShown, type RightsState, type VerdictShown, sayWhen } from "./review_told";

/** What each person decided, in the order in which they did; nobody's name. */
export function Decisions({ told }: { told: RightsShown }) {
  if (told.decisions.length === 0) return null;
  return (
    <ol class="rounds" aria-label="What was decided">
      {told.decisions.map((one, place) => (
        <li key={place}>
          <strong>{sayDecision(told.state, place, one.penalty === null ? "dismissed" : PENALTIES[one.penalty])}</strong>
          <p class="written">{one.words}</p>
          {one.decided_at_ms === null ? null : <span class="hint">{sayWhen(one.decided_at_ms)}</span>}
        </li>
      ))}
    </ol>
  );
}

function sayDecision(state: RightsState, place: number, outcome: string): string {
  if (place < 2) return `Person ${place + 1}: ${outcome}`;
  return `The answer: ${state === "overturned" ? "overturned" : "the decision stands"}`;
}

export function Verdicts({ verdicts }: { verdicts: readonly VerdictShown[] }) {
  return (
    <>
      {verdicts.map((one, place) => (
        <p key={place} class="told" data-testid="own-verdict">
          {one.is_upheld ? "Upheld" : "Dismissed"}: {REASONS[one.reason].toLowerCase()}. {one.words}
        </p>
      ))}
    </>
  );
}

/** Every look and act, in order. */
export function Looks({ looks }: { looks: RightsShown["looks"] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Who looked, and when">
      <table class="looks" data-testid="looks">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {looks.map((look, place) => (
            <tr key={place}>
              <th scope="row">{sayWhen(look.at_ms)}</th>
              <td>{look.name ?? "Somebody who has left"}</td>
              <td>{look.what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
