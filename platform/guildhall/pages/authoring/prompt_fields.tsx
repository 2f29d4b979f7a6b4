import { useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { ItemContent } from "./authored";
import { NO_WORDS, putPicture } from "./choice_picture";
import type { Desk } from "./desk";
import { Text, type Wrong } from "./fields";

/** What is asked: plain text, and pictures with what they show. */
export function PromptFields(props: {
  desk: Desk;
  bankId: string;
  content: ItemContent;
  wrong: Wrong;
  change: (content: ItemContent) => void;
}) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const { content } = props;
  const { prompt } = content.question;
  const set = (part: Partial<typeof prompt>): void =>
    props.change({ ...content, question: { ...content.question, prompt: { ...prompt, ...part } } });
  const putUp = async (file: File): Promise<void> => {
    const answer = await putPicture(props.desk, props.bankId, file);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) set({ pictures: [...prompt.pictures, answer.reply] });
  };
  return (
    <>
      <Text path="question.prompt.text" label="Question" rows={5} wrong={props.wrong} value={prompt.text} change={(text) => set({ text })} hint="An empty line begins a paragraph; backticks mark code." />
      {prompt.pictures.map((picture, place) => (
        <div class="part-row" key={picture.blob_id}>
          <Text
            path={`question.prompt.pictures.${place}.alt`}
            label={`What picture ${place + 1} shows, for those who do not see it`}
            wrong={props.wrong}
            value={picture.alt === NO_WORDS ? "" : picture.alt}
            change={(alt) => set({ pictures: prompt.pictures.map((one, at) => (at === place ? { ...one, alt: alt || NO_WORDS } : one)) })}
          />
          <button type="button" onClick={() => set({ pictures: prompt.pictures.filter((_, at) => at !== place) })}>
            Remove<span class="unseen"> picture {place + 1}</span>
          </button>
        </div>
      ))}
      <div class="field">
        <label for="picture">Add a picture (PNG or JPEG, up to 5 MB)</label>
        <input
          id="picture"
          type="file"
          accept="image/png,image/jpeg"
          onInput={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file !== undefined) void putUp(file);
          }}
        />
      </div>
      <Failure problem={problem} />
    </>
  );
}
