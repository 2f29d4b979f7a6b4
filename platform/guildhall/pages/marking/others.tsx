import { type Criterion, type OtherMark, sayPoints } from "../shared/results_told";

/** What others gave: only ever here when the server shows it, which is when both are final, or for the third. */
export function Others({ others, criteria }: { others: readonly OtherMark[]; criteria: readonly Criterion[] }) {
  if (others.length === 0) return null;
  return (
    <section class="others" aria-label="What the others gave" data-testid="others">
      <h3>What the others gave</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Criterion</th>
            {others.map((other) => (
              <th scope="col" key={other.role}>
                {other.role === "first" ? "First" : other.role === "second" ? "Second" : "Third"}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {criteria.map((criterion) => (
            <tr key={criterion.id}>
              <th scope="row">{criterion.title}</th>
              {others.map((other) => (
                <td key={other.role}>{sayPoints(other.points[criterion.id] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {others.map((other) => (other.comment === "" ? null : <p key={other.role}>“{other.comment}”</p>))}
    </section>
  );
}
