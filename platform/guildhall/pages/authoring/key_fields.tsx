import type { Credit, Criterion, ItemContent, Key } from "./authored";
import { Choose, Text, Tick, Whole, type Wrong } from "./fields";
import { emptyRubric, freshId } from "./starting";

interface Props {
  readonly content: ItemContent;
  readonly wrong: Wrong;
  readonly change: (content: ItemContent) => void;
  readonly remove: (content: ItemContent, words: string) => void;
}
const CREDITS: readonly (readonly [Credit, string])[] = [
  ["all_or_nothing", "All or nothing"],
  ["by_part", "A share for each part that is right"],
];

/** What is right, and how it is marked. */
export function KeyFields(props: Props) {
  const { content, wrong } = props;
  const { question, key } = content;
  const set = (part: object): void => props.change({ ...content, key: { ...key, ...part } as Key });
  const credit =
    "credit" in key && question.kind !== "single_choice" ? (
      <Choose path="key.credit" label="Points" wrong={wrong} value={key.credit} options={CREDITS} change={(value) => set({ credit: value })} />
    ) : null;
  const kindWrong = wrong("key.kind") === undefined ? null : <p class="wrong">{wrong("key.kind")}</p>;
  switch (key.kind) {
    case "numeric":
      return (
        <>
          {kindWrong}
          <div class="pair">
            <Text path="key.value" label="Right number" max={60} wrong={wrong} value={key.value} change={(value) => set({ value: value.trim() })} />
            <Text path="key.tolerance" label="Tolerance to either side" max={60} wrong={wrong} value={key.tolerance} change={(tolerance) => set({ tolerance: tolerance.trim() })} />
          </div>
          <Tick path="key.is_relative" label="The tolerance is a share of the number: 0.01 for one percent" wrong={wrong} value={key.is_relative} change={(is_relative) => set({ is_relative })} />
        </>
      );
    case "text":
      return (
        <>
          {kindWrong}
          <Text
            path="key.accepted"
            label="Accepted texts, one a line"
            rows={3}
            wrong={wrong}
            value={key.accepted.join("\n")}
            change={(text) => set({ accepted: text.split("\n") })}
            hint="Spaces make no difference, and case only where it is asked for."
          />
          <Tick path="key.is_case_sensitive" label="Capital letters count" wrong={wrong} value={key.is_case_sensitive} change={(is_case_sensitive) => set({ is_case_sensitive })} />
          <p>
            <button type="button" class="as-link" onClick={() => props.remove({ ...content, key: emptyRubric() }, "The accepted texts were removed.")}>
              Have people mark it instead
            </button>
          </p>
        </>
      );
    case "matching":
      if (question.kind !== "matching") return kindWrong;
      return (
        <fieldset class="rows">
          <legend>What belongs together</legend>
          {question.left.map((left, place) => (
            <Choose
              key={left.id}
              path={`question.left.${place}`}
              label={left.text === "" ? `Entry ${place + 1}` : left.text}
              wrong={wrong}
              value={key.pairs[left.id] ?? ""}
              options={[["", "choose…"], ...question.right.map((right) => [right.id, right.text === "" ? right.id : right.text] as const)]}
              change={(right) => set({ pairs: { ...key.pairs, [left.id]: right } })}
            />
          ))}
          {wrong("key.pairs") === undefined ? null : <p class="wrong">{wrong("key.pairs")}</p>}
          {credit}
        </fieldset>
      );
    case "rubric":
      return <RubricFields {...props} rubric={key} />;
    default:
      return (
        <>
          {kindWrong}
          {credit}
        </>
      );
  }
}

function RubricFields(props: Props & { rubric: Extract<Key, { kind: "rubric" }> }) {
  const { content, rubric, wrong } = props;
  const { criteria } = rubric;
  const withKey = (next: readonly Criterion[]): ItemContent => ({ ...content, key: { ...rubric, criteria: next } });
  const set = (place: number, part: Partial<Criterion>): void =>
    props.change(withKey(criteria.map((one, at) => (at === place ? { ...one, ...part } : one))));
  return (
    <fieldset class="rows">
      <legend>Rubric: what earns points, marked by people</legend>
      {criteria.map((one, place) => (
        <div class="criterion" key={one.id}>
          <div class="pair">
            <Text path={`key.criteria.${place}.title`} label={`Criterion ${place + 1}`} wrong={wrong} value={one.title} change={(title) => set(place, { title })} />
            <Whole path={`key.criteria.${place}.centipoints`} label="Points" least={0} most={1000} step={0.5} wrong={wrong} value={one.centipoints / 100} change={(points) => set(place, { centipoints: Math.round(points * 100) })} />
          </div>
          <Text path={`key.criteria.${place}.description`} label="What markers look for" rows={2} max={2000} wrong={wrong} value={one.description} change={(description) => set(place, { description })} />
          <button type="button" disabled={criteria.length === 1} onClick={() => props.remove(withKey(criteria.filter((_, at) => at !== place)), `Criterion ${place + 1} was removed.`)}>
            Remove criterion {place + 1}
          </button>
        </div>
      ))}
      <p>
        <button type="button" disabled={criteria.length >= 12} onClick={() => props.change(withKey([...criteria, { id: freshId(criteria.map((one) => one.id)), title: "", description: "", centipoints: 100 }]))}>
          Add a criterion
        </button>
      </p>
      <Text path="key.model_answer" label="Model answer, for markers" rows={4} wrong={wrong} value={rubric.model_answer} change={(model_answer) => props.change({ ...content, key: { ...rubric, model_answer } })} />
    </fieldset>
  );
}
