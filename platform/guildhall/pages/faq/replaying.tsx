import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure, Submit, useSubmit } from "../shared/form";
import { type Bands, type Entry, type Matcher, type Place, type Replay, sayBand } from "./told";

interface ReplayingProps {
  readonly api: Api;
  readonly place: Place;
  readonly matcher: Matcher | null;
  readonly entries: readonly Entry[];
}

/** What would have become of what was really asked, with other thresholds or with drafts taken as published. */
export function Replaying({ api, place, matcher, entries }: ReplayingProps) {
  const [found, setFound] = useState<Replay | null>(null);
  const [answerAt, setAnswerAt] = useState(Math.min(1, matcher?.answer_at ?? 0.75));
  const [askAt, setAskAt] = useState(Math.min(1, matcher?.ask_at ?? 0.2));
  const form = useSubmit<Replay>((entered) => {
    const drafts = entered.text("draft");
    const body = { site: place.site, language: place.language, answer_at: answerAt, ask_at: Math.min(askAt, answerAt) };
    return api.ask("POST", "/v1/faq/replays", drafts === "" ? body : { ...body, drafts: [drafts] });
  }, setFound);
  return (
    <section aria-labelledby="replay">
      <h2 id="replay">What if</h2>
      <p class="hint">Tried on what was asked in the last days. Nothing is changed by it: thresholds follow from your own history.</p>
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <Slider id="answer-at" label="Answer from" value={answerAt} onInput={setAnswerAt} />
        <Slider id="ask-at" label="Ask back from" value={Math.min(askAt, answerAt)} onInput={setAskAt} />
        <p class="field">
          <label for="draft">Take a draft as published</label>
          <select id="draft" name="draft">
            <option value="">None</option>
            {entries
              .filter((each) => each.state !== "archived")
              .map((each) => (
                <option key={each.id} value={each.id}>
                  {each.question}
                </option>
              ))}
          </select>
        </p>
        <p>
          <Submit busy={form.busy} testid="replay">
            Try it
          </Submit>
        </p>
      </form>
      {found === null ? null : <Result found={found} place={place} />}
    </section>
  );
}

interface SliderProps {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly onInput: (value: number) => void;
}

function Slider({ id, label, value, onInput }: SliderProps) {
  return (
    <p class="field">
      <label for={id}>
        {label} <output for={id}>{value.toFixed(2)}</output>
      </label>
      <input id={id} type="range" min={0} max={1} step={0.01} value={value} onInput={(event) => onInput(event.currentTarget.valueAsNumber)} />
    </p>
  );
}

function Result({ found, place }: { found: Replay; place: Place }) {
  if (found.questions === 0) return <p role="status" data-testid="replayed">Nothing was asked yet that this could be tried on.</p>;
  const rows: readonly (readonly [string, Bands, number])[] = [
    ["As it is", found.before, found.wrong_before],
    ["As it would be", found.after, found.wrong_after],
  ];
  return (
    <div role="status" data-testid="replayed">
      <div class="scroll" tabIndex={0} role="region" aria-label="As it is and as it would be">
        <table>
          <thead>
            <tr>
              <th scope="col">{found.questions} questions</th>
              <th scope="col" class="number">Answered</th>
              <th scope="col" class="number">Asked back</th>
              <th scope="col" class="number">Handed on</th>
              <th scope="col" class="number">Wrong, of {found.known} known</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, bands, wrong]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{bands.answer}</td>
                <td class="number">{bands.clarify}</td>
                <td class="number">{bands.hand_on}</td>
                <td class="number">{wrong}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="lines">
        {found.changed.map((each, place_) => (
          <li key={place_} data-testid="changed">
            <div>
              <strong>{each.question}</strong>
              <span class="since">
                {sayBand(each.before, place.titleOf(each.entry_before))} → {sayBand(each.after, place.titleOf(each.entry_after))}
              </span>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
