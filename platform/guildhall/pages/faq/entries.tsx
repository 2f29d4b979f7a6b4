import { type Entry, type Matcher, type Place, sayMeter, sayPercent } from "./told";

interface EntriesProps {
  readonly entries: readonly Entry[];
  readonly matcher: Matcher | null;
  readonly place: Place;
}

/** Every entry with its phrasing meter: how often a phrasing that was not learned finds it. The weakest stand first. */
export function Entries({ entries, matcher, place }: EntriesProps) {
  const meters = new Map(matcher?.meters.map((each) => [each.entry_id, each]));
  const rate = (entry: Entry): number => meters.get(entry.id)?.expected_hit_rate ?? (entry.state === "published" ? -1 : 2);
  const shown = entries.filter((each) => each.state !== "archived").toSorted((one, other) => rate(one) - rate(other));
  return (
    <section aria-labelledby="entries">
      <h2 id="entries">Entries</h2>
      <p>
        <a class="button" href="#new" data-testid="new-entry">
          Write a new one
        </a>
      </p>
      <ul class="lines" data-testid="entries">
        {shown.map((entry) => {
          const meter = meters.get(entry.id);
          const hits = meter?.expected_hit_rate ?? null;
          return (
            <li key={entry.id} data-testid="entry">
              <div>
                <a href={`#${entry.id}`}>{entry.question || "Without a question"}</a>
                <span class="since">
                  {entry.state === "published" ? `Version ${entry.version}` : entry.state === "draft" ? "Draft: nobody is answered with it" : entry.state}
                  {meter === undefined ? "" : `, ${meter.phrasings} phrasings. ${sayMeter(meter, place.titleOf(meter.rival_id))}`}
                </span>
              </div>
              {hits === null ? null : (
                <span class="hits" data-testid="meter">
                  <meter min={0} max={1} low={0.5} high={0.8} optimum={1} value={hits} aria-label={`Expected hit rate of “${entry.question}”`} />{" "}
                  {sayPercent(hits)}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
