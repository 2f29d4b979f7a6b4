import type { Choice } from "../shared/exam";
import type { Asked, ItemContent, Key } from "./authored";
import { ChoiceRows } from "./choice_rows";
import type { Desk } from "./desk";
import { Text, Tick, Whole, type Wrong } from "./fields";

interface Props {
  readonly desk: Desk;
  readonly bankId: string;
  readonly content: ItemContent;
  readonly wrong: Wrong;
  readonly change: (content: ItemContent) => void;
  readonly remove: (content: ItemContent, words: string) => void;
}

/** The parts of a question beside its text, for each kind; where a part goes, its place in the key goes too. */
export function QuestionFields(props: Props) {
  const { content, wrong } = props;
  const { question, key } = content;
  const bank = { desk: props.desk, bankId: props.bankId };
  const ask = (part: object): void => props.change({ ...content, question: { ...question, ...part } as Asked });
  switch (question.kind) {
    case "single_choice":
    case "multiple_choice": {
      const correct = key.kind === "choice" ? key.correct : [];
      const isSingle = question.kind === "single_choice";
      const mark = (id: string, isRight: boolean): void => {
        const next = isSingle ? [id] : isRight ? [...correct, id] : correct.filter((one) => one !== id);
        props.change({ ...content, key: { ...key, correct: next } as Key });
      };
      const rows = (choices: Choice[]): ItemContent => {
        const left = correct.filter((id) => choices.some((one) => one.id === id));
        const kept = left.length === 0 ? correct.slice(0, 1) : left;
        return { ...content, question: { ...question, choices }, key: { ...key, correct: kept } as Key };
      };
      return (
        <>
          <ChoiceRows
            {...bank}
            path="question.choices"
            legend={isSingle ? "Choices; mark the one that is right" : "Choices; mark all that are right"}
            noun="Choice"
            choices={question.choices}
            least={2}
            wrong={wrong}
            lead={(choice) => (
              <label class="right">
                <input
                  type={isSingle ? "radio" : "checkbox"}
                  name="right"
                  checked={correct.includes(choice.id)}
                  onInput={(event) => mark(choice.id, event.currentTarget.checked)}
                />
                right
              </label>
            )}
            change={(choices) => props.change(rows(choices))}
            remove={(choices, words) => props.remove(rows(choices), words)}
          />
          {wrong("key.correct") === undefined ? null : <p class="wrong">{wrong("key.correct")}</p>}
          <Tick path="question.shuffles" label="Each candidate gets them in another order" wrong={wrong} value={question.shuffles ?? true} change={(shuffles) => ask({ shuffles })} />
        </>
      );
    }
    case "ordering": {
      // Written in the right order: so the key follows the rows, and nobody keeps two lists alike by hand.
      const rows = (parts: Choice[]): ItemContent => ({
        ...content,
        question: { ...question, parts },
        key: { ...key, order: parts.map((one) => one.id) } as Key,
      });
      const inOrder = key.kind === "ordering" ? key.order.map((id) => question.parts.find((one) => one.id === id)) : [];
      const known = inOrder.filter((one) => one !== undefined);
      const parts = [...known, ...question.parts.filter((one) => !known.includes(one))];
      return (
        <ChoiceRows {...bank} path="question.parts" legend="Parts, in the right order; candidates get them shuffled" noun="Part" choices={parts} least={2} wrong={wrong} change={(next) => props.change(rows(next))} remove={(next, words) => props.remove(rows(next), words)} />
      );
    }
    case "matching":
      return (
        <>
          <ChoiceRows {...bank} path="question.left" legend="On the left" noun="Entry" prefix="l" choices={question.left} least={1} wrong={wrong} change={(left) => ask({ left })} remove={(left, words) => props.remove({ ...content, question: { ...question, left } }, words)} />
          <ChoiceRows {...bank} path="question.right" legend="On the right; there may be more of them" noun="Partner" prefix="r" choices={question.right} least={2} wrong={wrong} change={(right) => ask({ right })} remove={(right, words) => props.remove({ ...content, question: { ...question, right } }, words)} />
        </>
      );
    case "numeric":
      return <Text path="question.unit" label="Unit, shown behind the field" max={40} wrong={wrong} value={question.unit} change={(unit) => ask({ unit })} />;
    case "short_text":
      return <Whole path="question.characters_max" label="Characters at most" least={1} most={1000} wrong={wrong} value={question.characters_max} change={(characters_max) => ask({ characters_max })} />;
    case "long_text":
      return (
        <div class="pair">
          <Whole path="question.words_advised" label="Words advised" least={1} most={10_000} wrong={wrong} value={question.words_advised} change={(words_advised) => ask({ words_advised })} />
          <Whole path="question.characters_max" label="Characters at most" least={1} most={50_000} wrong={wrong} value={question.characters_max} change={(characters_max) => ask({ characters_max })} />
        </div>
      );
    case "code":
      return (
        <>
          <Text path="question.language" label="Language" max={40} wrong={wrong} value={question.language} change={(language) => ask({ language })} />
          <Text path="question.starter" label="What the field begins with" rows={4} code wrong={wrong} value={question.starter} change={(starter) => ask({ starter })} />
        </>
      );
    case "file_upload":
      return <Whole path="question.files_most" label="Files at most" least={1} most={5} wrong={wrong} value={question.files_most} change={(files_most) => ask({ files_most })} />;
  }
}
