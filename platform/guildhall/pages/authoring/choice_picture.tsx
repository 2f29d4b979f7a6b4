import { useState } from "preact/hooks";
import type { Choice, Picture } from "../shared/exam";
import { Failure } from "../shared/form";
import type { Answer } from "../shared/line";
import type { Problem } from "../shared/messages";
import type { PicturePut } from "./authored";
import type { Desk } from "./desk";
import { Text, type Wrong } from "./fields";

/** Until its author says what it shows; it is asked for where it stands. */
export const NO_WORDS = "picture";

/** Puts a picture up to a bank; what it shows is said afterwards. */
export async function putPicture(desk: Desk, bankId: string, file: File): Promise<Answer<Picture>> {
  const answer = await desk.put<PicturePut>(`/banks/${encodeURIComponent(bankId)}/pictures`, file, file.type);
  if ("problem" in answer) return answer;
  const { blob_id, width_px, height_px } = answer.reply;
  return { reply: { blob_id, width_px, height_px, alt: NO_WORDS } };
}

/** The picture of one choice or part: put up, said in words, taken away. */
export function ChoicePicture(props: {
  desk: Desk;
  bankId: string;
  path: string;
  name: string;
  choice: Choice;
  wrong: Wrong;
  change: (picture: Picture | null) => void;
}) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const { picture } = props.choice;
  const putUp = async (file: File): Promise<void> => {
    const answer = await putPicture(props.desk, props.bankId, file);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) props.change(answer.reply);
  };
  if (picture !== null) {
    return (
      <div class="part-picture">
        <Text
          path={`${props.path}.picture.alt`}
          label={`What the picture of ${props.name} shows, for those who do not see it`}
          wrong={props.wrong}
          value={picture.alt === NO_WORDS ? "" : picture.alt}
          change={(alt) => props.change({ ...picture, alt: alt || NO_WORDS })}
        />
        <button type="button" onClick={() => props.change(null)}>
          Remove<span class="unseen"> the picture of {props.name}</span>
        </button>
      </div>
    );
  }
  return (
    <div class="part-picture">
      <label class="as-link">
        <input
          class="unseen"
          type="file"
          accept="image/png,image/jpeg"
          aria-label={`Add a picture to ${props.name}`}
          onInput={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file !== undefined) void putUp(file);
          }}
        />
        Add a picture
      </label>
      <Failure problem={problem} />
    </div>
  );
}
