import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure, Submit, useSubmit } from "../shared/form";
import type { Answer } from "../shared/line";
import type { Problem } from "../shared/messages";
import { useRead, Waiting } from "../shared/reading";
import type { EntryWhole, Place } from "./told";

interface WritingProps {
  readonly api: Api;
  readonly place: Place;
  /** "" for a new one. */
  readonly entryId: string;
  readonly onChanged: () => void;
}

/** One entry in one language. What is written is a draft until it is published; what is published stays until then. */
export function Writing(props: WritingProps) {
  return props.entryId === "" ? <Form {...props} entry={null} /> : <Existing {...props} />;
}

function Existing(props: WritingProps) {
  const read = useRead<EntryWhole>(props.api, `/v1/faq/entries/${encodeURIComponent(props.entryId)}`);
  return (
    <>
      <Waiting read={read} words="Reading the entry…" />
      {read.value === null ? null : <Form {...props} key={read.value.rev} entry={read.value} />}
    </>
  );
}

function Form({ api, place, entryId, entry, onChanged }: WritingProps & { readonly entry: EntryWhole | null }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState("");
  const [shown, setShown] = useState(entry);
  const own = shown?.draft.wordings.find((each) => each.language === place.language);
  const path = `/v1/faq/entries/${encodeURIComponent(entryId)}`;
  const form = useSubmit<EntryWhole>(
    (entered): Promise<Answer<EntryWhole>> => {
      const phrasings = entered.text("phrasings").split("\n").map((each) => each.trim()).filter((each) => each !== "");
      const wording = { language: place.language, question: entered.text("question"), answer: entered.text("answer"), phrasings };
      const others = shown?.draft.wordings.filter((each) => each.language !== place.language) ?? [];
      const content = { wordings: [...others, wording], tags: shown?.draft.tags ?? [] };
      return shown === null ? api.ask("POST", "/v1/faq/entries", { site: place.site, ...content }) : api.ask("PUT", path, content, shown.rev);
    },
    (kept) => {
      onChanged();
      setTold("Kept as a draft.");
      if (shown === null) location.replace(`#${kept.id}`);
      else setShown(kept);
    },
  );
  const turn = async (wanted: "publish" | "withdraw" | "archive" | "restore"): Promise<void> => {
    const answer = await api.ask<EntryWhole>("POST", `${path}/turns`, { turn: wanted });
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    setShown(answer.reply);
    setTold(wanted === "publish" ? "Published: it is learned within seconds." : "Done.");
    onChanged();
  };
  return (
    <section aria-labelledby="entry">
      <p>
        <a href="#">All entries</a>
      </p>
      <h2 id="entry">{shown === null ? "A new entry" : own?.question || "Without a question"}</h2>
      {shown === null ? null : (
        <p class="since" data-testid="entry-state">
          {shown.state}
          {shown.version > 0 ? `, version ${shown.version}` : ""}
          {shown.is_training_due ? "; being learned" : ""}
        </p>
      )}
      <form class="form" onSubmit={form.onSubmit}>
        <Failure problem={form.problem} />
        <p class="field">
          <label for="question">Question, as it is shown</label>
          <input id="question" name="question" defaultValue={own?.question ?? ""} maxLength={300} required />
        </p>
        <p class="field">
          <label for="answer">Answer</label>
          <textarea id="answer" name="answer" rows={5} defaultValue={own?.answer ?? ""} maxLength={4000} required />
        </p>
        <p class="field">
          <label for="phrasings">How people put it, one a line</label>
          <textarea id="phrasings" name="phrasings" rows={8} defaultValue={own?.phrasings.join("\n") ?? ""} aria-describedby="phrasings-hint" />
          <span class="hint" id="phrasings-hint">
            Ten in the words of those who ask are a good number; with five an entry is found about ten points less often.
          </span>
        </p>
        <p class="acts">
          <Submit busy={form.busy} testid="keep-entry">
            Keep the draft
          </Submit>
          {shown === null ? null : (
            <>
              {shown.state === "archived" ? null : (
                <button type="button" onClick={() => void turn("publish")} data-testid="publish">
                  Publish the kept draft
                </button>
              )}
              {shown.state === "published" ? (
                <button type="button" onClick={() => void turn("withdraw")}>
                  Withdraw
                </button>
              ) : null}
              {shown.state === "draft" ? (
                <button type="button" onClick={() => void turn("archive")}>
                  Archive
                </button>
              ) : null}
            </>
          )}
        </p>
      </form>
      <Failure problem={problem} />
      <p role="status">{told}</p>
    </section>
  );
}
