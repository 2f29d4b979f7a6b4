import type { Api } from "../shared/api";
import { useRead, Waiting } from "../shared/reading";
import type { Cases as CasesTold, Place } from "./told";

/** What agents corrected at the desk ("should have been"), and what of it the FAQ of now still gets wrong. */
export function Cases({ api, place }: { api: Api; place: Place }) {
  const query = `site=${encodeURIComponent(place.site)}&language=${encodeURIComponent(place.language)}`;
  const read = useRead<CasesTold>(api, `/v1/faq/cases?${query}`);
  const told = read.value;
  return (
    <section aria-labelledby="cases">
      <h2 id="cases">Answers that were corrected</h2>
      <Waiting read={read} />
      {told === null ? null : (
        <p data-testid="cases">
          {told.cases === 0
            ? "None. Whoever says at the desk what an answer should have been makes one; every later training is held against it."
            : `${told.cases} in all; the FAQ of now gets ${told.failing.length === 0 ? "all of them right" : `${told.failing.length} wrong`}.`}
        </p>
      )}
      {told === null || told.failing.length === 0 ? null : (
      <ul class="lines">
        {told.failing.map((each) => (
          <li key={each.id}>
            <div>
              <strong>{each.text}</strong>
              <span class="since">
                should find {each.entry_id === "" ? "nothing" : `“${place.titleOf(each.entry_id)}”`}
                {each.given === "" ? "" : `, was answered with “${place.titleOf(each.given)}”`}
              </span>
            </div>
          </li>
        ))}
      </ul>
      )}
    </section>
  );
}
