import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Bank, ItemListed, Section, Source, SourceMatched } from "./authored";
import type { Desk } from "./desk";
import { Choose, Text, Tick, Whole, type Wrong } from "./fields";
import { findBanks, offerBanks, READ_THROUGH } from "./finding";
import { useList, Waiting } from "../shared/reading";
import { readTags } from "./starting";

/** One section: where its questions come from, what they are worth, what is shuffled. */
export function SectionFields(props: {
  desk: Desk;
  section: Section;
  place: number;
  banks: readonly Bank[];
  sources: readonly SourceMatched[];
  wrong: Wrong;
  change: (section: Section) => void;
  removeSource: (section: Section, words: string) => void;
  remove: () => void;
}) {
  const { section, wrong, place } = props;
  const path = `sections.${place}`;
  const set = (part: Partial<Section>): void => props.change({ ...section, ...part });
  const first = props.banks[0]?.bank_id ?? "";
  const add = (source: Source): void => set({ sources: [...section.sources, source] });
  return (
    <fieldset class="section panel" data-testid="section">
      <legend>Section {place + 1}</legend>
      <Text path={`${path}.title`} label="Title" wrong={wrong} value={section.title} change={(title) => set({ title })} />
      <Text path={`${path}.instructions`} label="Instructions" rows={2} max={5000} wrong={wrong} value={section.instructions} change={(instructions) => set({ instructions })} />
      {section.sources.map((source, at) => (
        <SourceFields
          key={at}
          desk={props.desk}
          path={`${path}.sources.${at}`}
          source={source}
          banks={props.banks}
          matched={props.sources.find((one) => one.path === `${path}.sources.${at}`)}
          wrong={wrong}
          isOnly={section.sources.length === 1}
          change={(next) => set({ sources: section.sources.map((one, other) => (other === at ? next : one)) })}
          remove={() => props.removeSource({ ...section, sources: section.sources.filter((_, other) => other !== at) }, "The source was removed.")}
        />
      ))}
      <p class="acts">
        <button type="button" onClick={() => add({ kind: "draw", bank_id: first, count: 1, tags: [], least_difficulty: 1, most_difficulty: 5 })}>
          Draw more
        </button>
        <button type="button" onClick={() => add({ kind: "fixed", item_ids: [] })}>
          Choose certain questions
        </button>
      </p>
      <div class="pair">
        <Whole path={`${path}.centipoints_each`} label="Points for each" least={0} most={1000} step={0.5} wrong={wrong} value={section.centipoints_each / 100} change={(points) => set({ centipoints_each: Math.round(points * 100) })} />
        <Whole path={`${path}.penalty_centipoints`} label="Taken for a wrong choice" least={0} most={1000} step={0.25} wrong={wrong} value={section.penalty_centipoints / 100} change={(points) => set({ penalty_centipoints: Math.round(points * 100) })} />
      </div>
      <Tick path={`${path}.shuffles_items`} label="Each candidate gets the questions in another order" wrong={wrong} value={section.shuffles_items} change={(shuffles_items) => set({ shuffles_items })} />
      <Tick path={`${path}.shuffles_choices`} label="And the choices" wrong={wrong} value={section.shuffles_choices} change={(shuffles_choices) => set({ shuffles_choices })} />
      <p>
        <button type="button" onClick={props.remove}>
          Remove section {place + 1}
        </button>
      </p>
    </fieldset>
  );
}

function SourceFields(props: {
  desk: Desk;
  path: string;
  source: Source;
  banks: readonly Bank[];
  matched: SourceMatched | undefined;
  wrong: Wrong;
  isOnly: boolean;
  change: (source: Source) => void;
  remove: () => void;
}) {
  const { source, path, wrong, matched } = props;
  const [offered, finder] = useBankFinder(path, props.banks, source.kind === "draw" ? source.bank_id : "");
  const remove = props.isOnly ? null : (
    <button type="button" onClick={props.remove}>
      Remove this source
    </button>
  );
  if (source.kind === "fixed") {
    return (
      <div class="source">
        <ItemPicker desk={props.desk} path={path} banks={props.banks} chosen={source.item_ids} change={(item_ids) => props.change({ ...source, item_ids })} />
        {wrong(`${path}.item_ids`) === undefined ? null : <p class="wrong">{wrong(`${path}.item_ids`)}</p>}
        {remove}
      </div>
    );
  }
  const isToldAbove = ["count", "bank_id", "tags", "least_difficulty", "most_difficulty"].some((name) => wrong(`${path}.${name}`) !== undefined);
  return (
    <div class="source">
      <div class="pair">
        <Whole path={`${path}.count`} label="Draw this many" least={1} most={300} wrong={wrong} value={source.count} change={(count) => props.change({ ...source, count })} />
        <Choose path={`${path}.bank_id`} label="from" wrong={wrong} value={source.bank_id} options={offered.map((bank) => [bank.bank_id, bank.name] as const)} change={(bank_id) => props.change({ ...source, bank_id })} />
      </div>
      {finder}
      <TagsField path={path} wrong={wrong} tags={source.tags} change={(tags) => props.change({ ...source, tags })} />
      <div class="pair">
        <Whole path={`${path}.least_difficulty`} label="Difficulty from" least={1} most={5} wrong={wrong} value={source.least_difficulty} change={(least_difficulty) => props.change({ ...source, least_difficulty })} />
        <Whole path={`${path}.most_difficulty`} label="to" least={1} most={5} wrong={wrong} value={source.most_difficulty} change={(most_difficulty) => props.change({ ...source, most_difficulty })} />
      </div>
      {isToldAbove || wrong(path) === undefined ? null : <p class="wrong">{wrong(path)}</p>}
      {matched === undefined ? null : (
        <p class="hint" role="status" data-testid="found-items">
          {matched.found === 1 ? "1 published question matches." : `${matched.found} published questions match.`}
        </p>
      )}
      {remove}
    </div>
  );
}

/** Where there are more banks than a list is read through: those whose name has these words, and the chosen one. */
function useBankFinder(path: string, banks: readonly Bank[], chosenId: string): readonly [readonly Bank[], ComponentChildren] {
  const [words, setWords] = useState("");
  if (banks.length <= READ_THROUGH) return [banks, null];
  const found = findBanks(banks, words);
  const finder = (
    <p class="field">
      <label for={`${path}.finder`}>Find a bank by its name</label>
      <input id={`${path}.finder`} type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      <span class="hint" role="status">
        {found.length === 1 ? "One bank" : `${found.length} banks`} to choose from
      </span>
    </p>
  );
  return [offerBanks(banks, found, chosenId), finder];
}

function TagsField({ path, tags, wrong, change }: { path: string; tags: readonly string[]; wrong: Wrong; change: (tags: string[]) => void }) {
  const [text, setText] = useState(tags.join(", "));
  return (
    <Text
      path={`${path}.tags`}
      label="that carry all of these tags; empty: any"
      wrong={wrong}
      value={text}
      change={(next) => {
        setText(next);
        change(readTags(next));
      }}
    />
  );
}

/** Published questions of one bank, to be ticked; what is ticked from other banks stays. */
function ItemPicker(props: { desk: Desk; path: string; banks: readonly Bank[]; chosen: readonly string[]; change: (ids: string[]) => void }) {
  const [bankId, setBankId] = useState(props.banks[0]?.bank_id ?? "");
  const [offered, finder] = useBankFinder(`${props.path}.picked`, props.banks, bankId);
  const items = useList<ItemListed>(props.desk, `/banks/${encodeURIComponent(bankId)}/items?state=published&limit=100`);
  return (
    <fieldset class="rows">
      <legend>Certain questions: {props.chosen.length === 1 ? "one chosen" : `${props.chosen.length} chosen`}</legend>
      <label>
        Bank{" "}
        <select value={bankId} onInput={(event) => setBankId(event.currentTarget.value)}>
          {offered.map((bank) => (
            <option key={bank.bank_id} value={bank.bank_id}>
              {bank.name}
            </option>
          ))}
        </select>
      </label>
      {finder}
      <Waiting read={items} />
      <div class="picker">
        {items.value?.map((item) => (
          <label key={item.item_id} class="tick">
            <input
              type="checkbox"
              checked={props.chosen.includes(item.item_id)}
              onInput={(event) =>
                props.change(event.currentTarget.checked ? [...props.chosen, item.item_id] : props.chosen.filter((id) => id !== item.item_id))
              }
            />
            {item.name}
          </label>
        ))}
      </div>
      {items.hasMore ? (
        <button type="button" onClick={() => items.more()}>
          Show more
        </button>
      ) : null}
    </fieldset>
  );
}
