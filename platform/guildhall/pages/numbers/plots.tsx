// Small plots as inline SVG; each says in words what it shows, for those who do not see it.
import type { Day } from "./told";

const [WIDTH, HEIGHT, FOOT] = [640, 170, 22];
const ANCHORS = ["start", "middle", "end"] as const;

export interface Series {
  readonly name: string;
  readonly look: string;
  readonly of: (day: Day) => number;
}

interface DailyProps {
  readonly days: readonly Day[];
  readonly title: string;
  /** The first one behind, each further one before it: parts of the one before. */
  readonly series: readonly Series[];
  readonly say: (value: number) => string;
}

/** A bar for each day. */
export function Daily({ days, title, series, say }: DailyProps) {
  const most = Math.max(0, ...days.flatMap((day) => series.map((each) => each.of(day))));
  const step = WIDTH / days.length;
  const words = days
    .filter((day) => series.some((each) => each.of(day) > 0))
    .map((day) => `${day.day}: ${series.map((each) => `${say(each.of(day))} ${each.name}`).join(", ")}`);
  const named = days.length < 3 ? days.slice(0, 1) : [days[0], days[Math.floor(days.length / 2)], days.at(-1)];
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>
        <span class="key">
          {series.map((each) => (
            <span key={each.name}>
              <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">
                <rect class={each.look} width={10} height={10} rx={2} />
              </svg>{" "}
              {each.name}
            </span>
          ))}
        </span>
      </figcaption>
      <svg
        class="plot"
        viewBox={`0 -20 ${WIDTH} ${HEIGHT + FOOT + 22}`}
        role="img"
        aria-label={`${title}. ${words.length === 0 ? "Nothing yet" : words.join("; ")}.`}
      >
        {most === 0 ? null : (
          <>
            <line class="axis" x1={0} x2={WIDTH} y1={0} y2={0} />
            <text class="tick" x={0} y={-6}>
              {say(most)}
            </text>
          </>
        )}
        {days.map((day, index) =>
          series.map((each) => {
            const tall = most === 0 ? 0 : (each.of(day) / most) * HEIGHT;
            const left = index * step + step * 0.12;
            return (
              <rect
                key={`${day.day} ${each.name}`}
                class={each.look}
                x={left}
                y={HEIGHT - tall}
                width={step * 0.76}
                height={tall}
                rx={Math.min(3, step / 6)}
              />
            );
          }),
        )}
        <line class="axis" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        {named.map((day, index) => (
          <text key={index} class="tick" x={(WIDTH * index) / 2} y={HEIGHT + 17} text-anchor={ANCHORS[index]}>
            {day?.day.slice(5)}
          </text>
        ))}
      </svg>
    </figure>
  );
}

/** How often each rating was given. */
export function Ratings({ ratings }: { readonly ratings: readonly number[] }) {
  const most = Math.max(1, ...ratings);
  return (
    <figure>
      <figcaption>
        <strong>Ratings</strong>
      </figcaption>
      <ol class="ratings">
        {ratings.map((count, index) => (
          <li key={index}>
            <span>{index + 1} of 5</span>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
              <rect class="part" width={(100 * count) / most} height={10} rx={1} />
            </svg>
            <b>{count}</b>
          </li>
        ))}
      </ol>
    </figure>
  );
}
