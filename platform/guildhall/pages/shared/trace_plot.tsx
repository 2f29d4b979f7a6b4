import { useEffect, useState } from "preact/hooks";
import type { Api } from "./api";
import { Failure } from "./form";
import type { Problem } from "./messages";
import { type FlagTold, type TracePoint, type TraceShown, sayStretch } from "./review_told";

const [WIDTH, ROW, GAP, LEFT] = [600, 46, 14, 128];

interface Row {
  readonly name: string;
  readonly value: (point: TracePoint) => number | null;
  readonly least: number;
  readonly most: number;
  readonly say: (value: number) => string;
}

const ROWS: readonly Row[] = [
  { name: "Faces", value: (point) => point.faces, least: 0, most: 3, say: (value) => value.toFixed(0) },
  { name: "Head, sideways", value: (point) => point.yaw_deg, least: -60, most: 60, say: (value) => `${value.toFixed(0)}°` },
  { name: "Head, up, down", value: (point) => point.pitch_deg, least: -60, most: 60, say: (value) => `${value.toFixed(0)}°` },
  { name: "Eyes, sideways", value: (point) => point.gaze_x, least: -1, most: 1, say: (value) => value.toFixed(2) },
  { name: "Light", value: (point) => point.light, least: 0, most: 1, say: (value) => `${(100 * value).toFixed(0)} %` },
];

/** What was measured around a flag, read when it is first shown. */
export function Trace({ api, path, flag }: { api: Api; path: string; flag: FlagTold }) {
  const [trace, setTrace] = useState<TraceShown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    setTrace(null);
    void api.ask<TraceShown>("GET", `${path}/trace?flag=${encodeURIComponent(flag.id)}`).then((answer) => {
      setProblem("problem" in answer ? answer.problem : null);
      if ("reply" in answer) setTrace(answer.reply);
    });
  }, [path, flag.id]);
  if (problem !== null) return <Failure problem={problem} />;
  if (trace === null) return <p role="status">Reading what was measured…</p>;
  if (trace.is_destroyed) return <p class="hint">What was measured in this exam was destroyed, as its policy says.</p>;
  if (trace.points.length === 0) return <p class="hint">Nothing was measured at this time.</p>;
  return <Plot trace={trace} flag={flag} />;
}

function Plot({ trace, flag }: { trace: TraceShown; flag: FlagTold }) {
  const { points, from_ms, until_ms } = trace;
  const x = (atMs: number): number => LEFT + ((atMs - from_ms) / Math.max(1, until_ms - from_ms)) * (WIDTH - LEFT - 8);
  const rows = ROWS.filter((row) => points.some((point) => row.value(point) !== null));
  const height = rows.length * (ROW + GAP) + 18;
  const ended = Math.min(flag.closed_at_ms ?? until_ms, until_ms);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`What was measured: ${flag.title}, ${sayStretch(flag)}`}>
      <svg class="plot trace" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={sayTrace(rows, points, flag)} data-testid="trace">
        <rect class="flagged" x={x(flag.opened_at_ms)} y={0} width={Math.max(2, x(ended) - x(flag.opened_at_ms))} height={height - 18} />
        {rows.map((row, place) => {
          const top = place * (ROW + GAP) + GAP / 2;
          const y = (value: number): number => top + ROW - ((clamp(value, row) - row.least) / (row.most - row.least)) * ROW;
          return (
            <g key={row.name}>
              <text class="tick" x={LEFT - 8} y={top + ROW / 2 + 4} text-anchor="end">
                {row.name}
              </text>
              <line class="axis" x1={LEFT} x2={WIDTH - 8} y1={y(Math.max(0, row.least))} y2={y(Math.max(0, row.least))} />
              {stretches(points, row).map((stretch, index) => (
                <polyline key={index} class="measured" points={stretch.map((one) => `${x(one.atMs).toFixed(1)},${y(one.value).toFixed(1)}`).join(" ")} />
              ))}
            </g>
          );
        })}
        <text class="tick" x={x(flag.opened_at_ms)} y={height - 4} text-anchor="middle">
          flagged
        </text>
      </svg>
    </div>
  );
}

function clamp(value: number, row: Row): number {
  return Math.min(row.most, Math.max(row.least, value));
}

/** Where nothing was seen a line has a gap: nothing is made up between. */
function stretches(points: readonly TracePoint[], row: Row): { atMs: number; value: number }[][] {
  const found: { atMs: number; value: number }[][] = [];
  let open = false;
  for (const point of points) {
    const value = row.value(point);
    if (value === null) {
      open = false;
      continue;
    }
    if (!open) found.push([]);
    found.at(-1)?.push({ atMs: point.at_ms, value });
    open = true;
  }
  return found;
}

function sayTrace(rows: readonly Row[], points: readonly TracePoint[], flag: FlagTold): string {
  const during = points.filter((point) => point.at_ms >= flag.opened_at_ms && (flag.closed_at_ms === null || point.at_ms <= flag.closed_at_ms));
  const said = rows.map((row) => {
    const values = during.map(row.value).filter((value) => value !== null);
    if (values.length === 0) return `${row.name}: not seen while it was flagged`;
    return `${row.name}: ${row.say(Math.min(...values))} to ${row.say(Math.max(...values))} while it was flagged`;
  });
  return `What was measured. ${said.join("; ")}.`;
}
