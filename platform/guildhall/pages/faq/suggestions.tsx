import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { useRead, Waiting } from "../shared/reading";
import type { Entry, Place, Suggestion } from "./told";

interface SuggestionsProps {
  readonly api: Api;
  readonly place: Place;
  readonly entries: readonly Entry[];
  readonly onChanged: () => void;
}

/** Questions that found no answer, those that belong together in one group: each wants an entry, or belongs to one. */
export function Suggestions({ api, place, entries, onChanged }: SuggestionsProps) {
  const query = `site=${encodeURIComponent(place.site)}&language=${encodeURIComponent(place.language)}`;
  const read = useRead<{ suggestions: readonly Suggestion[] }>(api, `/v1/faq/suggestions?${query}`);
  const [problem, setProblem] = useState<Problem | null>(null);
  const settle = async (suggestion: Suggestion, entryId: string): Promise<void> => {
    const ids = suggestion.questions.slice(0, 100).map((each) => each.id);
    const body = { site: place.site, question_ids: ids, entry_id: entryId };
    const answer = await api.ask("POST", "/v1/faq/suggestions/settlements", body);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) onChanged();
  };
  const choices = entries.filter((each) => each.state !== "archived" && each.languages.includes(place.language));
  return (
    <section aria-labelledby="suggestions">
      <h2 id="suggestions">Questions without an answer</h2>
      <Waiting read={read} words="Putting together what belongs together…" />
      <Failure problem={problem} />
      {read.value?.suggestions.length === 0 ? <p class="nothing">None: everything that was asked lately found an answer, or was settled.</p> : null}
      {read.value === null || read.value.suggestions.length === 0 ? null : (
      <ul class="lines" data-testid="suggestions">
        {read.value.suggestions.map((suggestion) => (
          <li key={suggestion.questions[0]?.id} data-testid="suggestion">
            <div>
              <strong>{suggestion.questions[0]?.text}</strong>
              {suggestion.questions.length > 1 ? (
                <details>
                  <summary>and {suggestion.questions.length - 1} more like it</summary>
                  <ul>
                    {suggestion.questions.slice(1, 30).map((each) => (
                      <li key={each.id}>{each.text}</li>
                    ))}
                  </ul>
                </details>
              ) : null}
            </div>
            <form
              class="acts"
              onSubmit={(event) => {
                event.preventDefault();
                void settle(suggestion, String(new FormData(event.currentTarget).get("entry") ?? ""));
              }}
            >
              <select name="entry" aria-label="The entry that it belongs to" defaultValue={suggestion.nearest_id}>
                {choices.map((each) => (
                  <option key={each.id} value={each.id} selected={each.id === suggestion.nearest_id}>
                    {each.question}
                  </option>
                ))}
              </select>
              <button type="submit" disabled={choices.length === 0} data-testid="take-in">
                Add as phrasings
              </button>
              <button type="button" onClick={() => void settle(suggestion, "")}>
                Dismiss
              </button>
            </form>
          </li>
        ))}
      </ul>
      )}
    </section>
  );
}
