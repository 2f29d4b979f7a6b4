export interface Share {
  readonly count: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

export interface Group {
  readonly name: string;
  readonly sessions: number;
  readonly flagged: Share;
  readonly cannot_see: Share;
  readonly upheld: Share;
}

export interface Comparison {
  readonly by: string;
  readonly groups: readonly Group[];
  readonly differs: readonly string[];
  readonly note: string;
}

const [WIDTH, LEFT, RIGHT, ROW] = [640, 216, 16, 46];

/** One way to part the sessions: a dot and its interval for each group, and the same numbers as a table. */
export function Shares({ comparison }: { comparison: Comparison }) {
  const { by, groups, differs, note } = comparison;
  return (
    <section class="comparison" aria-label={by} data-testid="comparison">
      <h3>{by}</h3>
      {note === "" ? null : <p class="hint">{note}</p>}
      {differs.map((words) => (
        <p key={words} class="differs">
          {words}.
        </p>
      ))}
      {groups.length === 0 ? null : (
        <div class="scroll" tabIndex={0} role="region" aria-label={`${by}, drawn`}>
          <Plot by={by} groups={groups} />
        </div>
      )}
      {groups.length === 0 ? null : <Table groups={groups} />}
    </section>
  );
}

function Plot({ by, groups }: { by: string; groups: readonly Group[] }) {
  const height = groups.length * ROW + 26;
  const x = (share: number): number => LEFT + share * (WIDTH - LEFT - RIGHT);
  const said = groups.map((group) => `${group.name}: ${sayShare(group.flagged)} flagged, ${sayShare(group.cannot_see)} not seen`).join("; ");
  return (
    <svg class="shares" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${by}. ${said}.`}>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line class="axis" x1={x(share)} x2={x(share)} y1={0} y2={height - 22} />
          <text class="tick" x={x(share)} y={height - 6} text-anchor={share === 1 ? "end" : "middle"}>
            {100 * share} %
          </text>
        </g>
      ))}
      {groups.map((group, place) => {
        const y = place * ROW + 14;
        return (
          <g key={group.name}>
            <text x={0} y={y + 10}>
              {group.name}
            </text>
            <Line share={group.flagged} x={x} y={y} tone="flagged" />
            <Line share={group.cannot_see} x={x} y={y + 14} tone="blind" />
          </g>
        );
      })}
    </svg>
  );
}

function Line({ share, x, y, tone }: { share: Share; x: (share: number) => number; y: number; tone: "flagged" | "blind" }) {
  const at = share.of === 0 ? null : x(share.count / share.of);
  return (
    <>
      <line class={`interval ${tone}`} x1={x(share.low)} x2={x(share.high)} y1={y} y2={y} />
      {at === null ? null : tone === "flagged" ? <circle class={tone} cx={at} cy={y} r={5} /> : <rect class={tone} x={at - 4.5} y={y - 4.5} width={9} height={9} />}
    </>
  );
}

function Table({ groups }: { groups: readonly Group[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The same as numbers">
      <table>
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col" class="number">
              Sessions
            </th>
            <th scope="col" class="number">
              Flagged
            </th>
            <th scope="col" class="number">
              Not seen
            </th>
            <th scope="col" class="number">
              Upheld of flagged
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.name}>
              <th scope="row">{group.name}</th>
              <td class="number">{group.sessions}</td>
              <td class="number">{sayShare(group.flagged)}</td>
              <td class="number">{sayShare(group.cannot_see)}</td>
              <td class="number">{sayShare(group.upheld)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** "3 of 12 (9 to 53 %)". */
function sayShare(share: Share): string {
  if (share.of === 0) return "none";
  return `${share.count} of ${share.of} (${Math.round(100 * share.low)} to ${Math.round(100 * share.high)} %)`;
}
