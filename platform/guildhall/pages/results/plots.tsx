// Small plots as inline SVG; each says in words what it shows, for those who do not see it.
import { type GroupCounts, type IntervalShown, type ItemAnalysisShown, sayShare } from "../shared/results_told";

const BANDS = 10;

/** How many reached which tenth of the points, and where the bar is. */
export function Distribution({ counts, passPercent }: { counts: readonly number[]; passPercent: number }) {
  const most = Math.max(1, ...counts);
  const [width, height, foot] = [520, 200, 24];
  const step = width / BANDS;
  const bar = (width * passPercent) / 100;
  const label = counts
    .map((count, band) => (count === 0 ? "" : `${count} from ${band * BANDS} to ${(band + 1) * BANDS} %`))
    .filter((words) => words !== "")
    .join(", ");
  return (
    <svg class="plot" viewBox={`0 -18 ${width} ${height + foot + 20}`} role="img" aria-label={`Distribution: ${label}. The bar is at ${passPercent} %.`}>
      {counts.map((count, band) => {
        const tall = (count / most) * height;
        return (
          <g key={band}>
            <rect class={band * BANDS >= passPercent ? "passed" : "failed"} x={band * step + 3} y={height - tall} width={step - 6} height={tall} rx={3} />
            {count === 0 ? null : (
              <text x={band * step + step / 2} y={height - tall - 5} text-anchor="middle">
                {count}
              </text>
            )}
          </g>
        );
      })}
      <line class="axis" x1={0} x2={width} y1={height} y2={height} />
      <line class="pass-bar" x1={bar} x2={bar} y1={-14} y2={height} />
      {[0, 25, 50, 75, 100].map((percent) => (
        <text key={percent} class="tick" x={(width * percent) / 100} y={height + 18} text-anchor={percent === 0 ? "start" : percent === 100 ? "end" : "middle"}>
          {percent} %
        </text>
      ))}
    </svg>
  );
}

/** A share and its interval on a line from 0 to 1. */
export function Range({ share, interval }: { share: number; interval: IntervalShown }) {
  return (
    <svg class="range" viewBox="0 0 120 10" aria-hidden="true" focusable="false">
      <line class="axis" x1={0} x2={120} y1={5} y2={5} />
      <line class="interval" x1={120 * interval.low} x2={120 * interval.high} y1={5} y2={5} />
      <circle cx={120 * share} cy={5} r={4} />
    </svg>
  );
}

/** Every question by how hard it is and how well it tells people apart: those at the bottom want a look. */
export function Map({ items }: { items: readonly ItemAnalysisShown[] }) {
  const known = items.flatMap((item, place) => (item.discrimination === null ? [] : [{ item, number: place + 1, r: item.discrimination }]));
  if (known.length < 2) return null;
  const [width, height] = [520, 240];
  const x = (share: number): number => 34 + share * (width - 50);
  const y = (r: number): number => 14 + ((1 - r) / 2) * (height - 44);
  const said = known.map(({ item, number, r }) => `question ${number}: ${sayShare(item.difficulty)} right, ${r.toFixed(2)}`).join("; ");
  return (
    <figure>
      <svg class="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Questions by share right and discrimination. ${said}.`}>
        <rect class="weak" x={x(0)} y={y(0.2)} width={x(1) - x(0)} height={y(-1) - y(0.2)} />
        <line class="axis" x1={x(0)} x2={x(1)} y1={y(0)} y2={y(0)} />
        {[1, 0.2, 0, -1].map((r) => (
          <text key={r} class="tick" x={28} y={y(r) + 4} text-anchor="end">
            {r}
          </text>
        ))}
        {known.map(({ item, number, r }) => (
          <g key={item.version_id}>
            <circle class={r < 0.2 ? "weak-dot" : "dot"} cx={x(item.difficulty)} cy={y(r)} r={10} />
            <text class="dot-name" x={x(item.difficulty)} y={y(r) + 4} text-anchor="middle">
              {number}
            </text>
          </g>
        ))}
        <text class="tick" x={x(0)} y={height - 6}>
          nobody right
        </text>
        <text class="tick" x={x(1)} y={height - 6} text-anchor="end">
          all right
        </text>
      </svg>
      <figcaption class="hint">Up: tells apart those who know from those who do not. In the shaded part, below 0.2, it hardly does.</figcaption>
    </figure>
  );
}

/** Who chose what: a distractor that the best prefer is a key that may be wrong. */
export function Choices({ choices }: { choices: readonly GroupCounts[] }) {
  const most = Math.max(1, ...choices.map((each) => each.upper + each.middle + each.lower));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Who chose what">
      <table class="choices-table">
        <thead>
          <tr>
            <th scope="col">Choice</th>
            <th scope="col" class="number">
              Best 27 %
            </th>
            <th scope="col" class="number">
              Middle
            </th>
            <th scope="col" class="number">
              Worst 27 %
            </th>
            <th scope="col">
              <span class="unseen">As a bar</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {choices.map((each) => (
            <tr key={each.choice} data-right={each.is_right}>
              <th scope="row">
                {each.choice}
                {each.is_right ? <span class="badge">Right</span> : null}
              </th>
              <td class="number">{each.upper}</td>
              <td class="number">{each.middle}</td>
              <td class="number">{each.lower}</td>
              <td>
                <Bar counts={each} most={most} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bar({ counts, most }: { counts: GroupCounts; most: number }) {
  const scale = 120 / most;
  return (
    <svg class="bar-plot" viewBox="0 0 120 12" aria-hidden="true" focusable="false">
      <rect class="upper" x={0} y={0} width={counts.upper * scale} height={12} />
      <rect class="middle" x={counts.upper * scale} y={0} width={counts.middle * scale} height={12} />
      <rect class="lower" x={(counts.upper + counts.middle) * scale} y={0} width={counts.lower * scale} height={12} />
    </svg>
  );
}
