import { explainRate, isSlowed, sayRate } from "../shared/wording";

/** How often this candidate is looked at just now; stands out, and says why, where it is less than it should be. */
export function Rate({ perSecond, wanted }: { perSecond: number | null; wanted: number }) {
  const slowed = isSlowed(perSecond, wanted);
  return (
    <span
      class="rate"
      data-slowed={slowed ? "" : undefined}
      data-testid="rate"
      title={explainRate(perSecond, wanted) || undefined}
    >
      {sayRate(perSecond, wanted)}
    </span>
  );
}
