import { useEffect, useMemo, useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { Flaw, ItemContent, ItemShown, ItemWanted } from "./authored";
import { KIND_WORDS, STATE_WORDS } from "./authored";
import { picturesOf, type Desk } from "./desk";
import { EditingNotes, useEditing } from "./editing";
import { readWrong, Text, Whole, type Wrong } from "./fields";
import { Changes } from "./changes";
import { ItemHistory } from "./item_history";
import { ItemPreview } from "./item_preview";
import { KeyFields } from "./key_fields";
import { PromptFields } from "./prompt_fields";
import { QuestionFields } from "./question_fields";
import { useRead, Waiting } from "../shared/reading";
import { newItem, readTags } from "./starting";

const PATIENCE_MS = 400;

/** An item that is there, or a new one of this kind. */
export function ItemPage(props: { desk: Desk; itemId?: string; bankId?: string; kind?: string }) {
  if (props.itemId === undefined) {
    const kind = (props.kind ?? "single_choice") in KIND_WORDS ? (props.kind as keyof typeof KIND_WORDS) : "single_choice";
    return <ItemEditor desk={props.desk} bankId={props.bankId ?? ""} shown={null} stored={newItem(kind)} />;
  }
  return <StoredItem desk={props.desk} itemId={props.itemId} />;
}

function StoredItem({ desk, itemId }: { desk: Desk; itemId: string }) {
  const item = useRead<ItemShown>(desk, `/items/${encodeURIComponent(itemId)}`);
  if (item.value === null) return <Waiting read={item} />;
  return <ItemEditor desk={desk} bankId={item.value.bank_id} shown={item.value} stored={wantedOf(item.value)} />;
}

function wantedOf(item: ItemShown): ItemWanted {
  return { name: item.name, content: item.content, tags: item.tags, difficulty: item.difficulty };
}

function ItemEditor(props: { desk: Desk; bankId: string; shown: ItemShown | null; stored: ItemWanted }) {
  const { desk, bankId } = props;
  const [shown, setShown] = useState(props.shown);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState("");
  const [tags, setTags] = useState(props.stored.tags.join(", "));
  const kind = props.stored.content.question.kind;
  const editing = useEditing<ItemWanted>(shown?.item_id ?? `${bankId}/${kind}`, props.stored);
  const item = editing.value;
  const flaws = useFlaws(desk, item.content, problem);
  const wrong: Wrong = readWrong(flaws);
  const http = useMemo(() => picturesOf(desk, [bankId]), [desk, bankId]);
  const set = (part: Partial<ItemWanted>): void => editing.change({ ...item, ...part });
  const content = (part: Partial<ItemContent>): void => set({ content: { ...item.content, ...part } });

  const save = async (): Promise<ItemShown | null> => {
    setTold("");
    const answer =
      shown === null
        ? await desk.ask<ItemShown>("POST", `/banks/${encodeURIComponent(bankId)}/items`, item)
        : await desk.ask<ItemShown>("PUT", `/items/${encodeURIComponent(shown.item_id)}`, item, shown.rev);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return null;
    editing.saved(wantedOf(answer.reply));
    setTags(answer.reply.tags.join(", "));
    setShown(answer.reply);
    if (shown === null) history.replaceState(null, "", `#/items/${answer.reply.item_id}`);
    setTold("Saved.");
    return answer.reply;
  };
  const act = async (action: string): Promise<void> => {
    const saved = editing.isDirty || shown === null ? await save() : shown;
    if (saved === null) return;
    const path = `/items/${encodeURIComponent(saved.item_id)}/${action}`;
    const answer = await desk.ask<ItemShown>("POST", path, undefined, action === "duplicates" ? undefined : saved.rev);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    if (action === "duplicates") return location.assign(`#/items/${answer.reply.item_id}`);
    setShown(answer.reply);
    setTold(action === "publish" ? "Published: exams that are published from now on may draw it." : "Done.");
  };

  return (
    <>
      <p class="eyebrow">
        <a href={`#/banks/${bankId}`}>Back to the bank</a>
      </p>
      <h1 tabIndex={-1}>
        {shown === null ? `New: ${KIND_WORDS[kind].toLowerCase()}` : shown.name}
        {shown === null ? null : (
          <span class="badge" data-state={shown.state}>
            {STATE_WORDS[shown.state]}
          </span>
        )}
      </h1>
      <EditingNotes editing={editing} />
      <div class="editor">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <Text path="name" label="Name, for authors only" wrong={wrong} value={item.name} change={(name) => set({ name })} />
          <PromptFields desk={desk} bankId={bankId} content={item.content} wrong={wrong} change={(next) => set({ content: next })} />
          <QuestionFields desk={desk} bankId={bankId} content={item.content} wrong={wrong} change={(next) => set({ content: next })} remove={(next, words) => editing.remove({ ...item, content: next }, words)} />
          <KeyFields content={item.content} wrong={wrong} change={(next) => set({ content: next })} remove={(next, words) => editing.remove({ ...item, content: next }, words)} />
          <Text path="rationale" label="Why it is right" rows={3} max={5000} wrong={wrong} value={item.content.rationale} change={(rationale) => content({ rationale })} hint="Shown with a released result, where the exam says so." />
          <div class="pair">
            <Text
              path="tags"
              label="Tags, with commas between"
              wrong={wrong}
              value={tags}
              change={(text) => {
                setTags(text);
                set({ tags: readTags(text) });
              }}
            />
            <Whole path="difficulty" label="Difficulty, 1 to 5" least={1} most={5} wrong={wrong} value={item.difficulty} change={(difficulty) => set({ difficulty })} />
          </div>
          <Failure problem={problem} />
          <p class="acts sticky">
            <button type="submit" class={flaws.length === 0 ? "" : "primary"} data-testid="save-item">
              {editing.isDirty || shown === null ? "Save draft" : "Saved"}
            </button>
            {shown === null || can(shown, "publish") ? (
              <button type="button" class={flaws.length === 0 ? "primary" : ""} data-testid="publish-item" onClick={() => void act("publish")}>
                Publish
              </button>
            ) : null}
            {shown === null ? null : (
              <>
                <button type="button" onClick={() => void act("duplicates")}>
                  Duplicate
                </button>
                {can(shown, "retire") ? (
                  <button type="button" onClick={() => void act("retire")}>
                    Retire
                  </button>
                ) : (
                  <button type="button" onClick={() => void act("revive")}>
                    Revive
                  </button>
                )}
              </>
            )}
            <span class="hint" role="status" data-testid="told">
              {editing.isDirty ? "Not saved yet; kept in this browser." : told}
            </span>
          </p>
          {flaws.length === 0 ? null : (
            <p class="hint" data-testid="flaws">
              Before it can be published, {flaws.length === 1 ? "one thing has" : `${flaws.length} things have`} to be mended; each is marked
              beside its field.
            </p>
          )}
        </form>
        <ItemPreview content={item.content} http={http} />
      </div>
      {shown === null || shown.versions.length === 0 ? null : <ItemHistory desk={desk} itemId={shown.item_id} versions={shown.versions.length} />}
      {shown === null ? null : <Changes desk={desk} path={`/items/${encodeURIComponent(shown.item_id)}`} rev={shown.rev} />}
    </>
  );
}

function can(item: ItemShown, action: string): boolean {
  return item.actions.some((one) => one.action === action && one.allowed);
}

/** What is wrong with the content as it stands: as the server sees it, a moment after the last change. */
function useFlaws(desk: Desk, content: ItemContent, problem: Problem | null): readonly Flaw[] {
  const [flaws, setFlaws] = useState<readonly Flaw[]>([]);
  const told = JSON.stringify(content);
  useEffect(() => {
    const later = setTimeout(async () => {
      const answer = await desk.ask<{ flaws: Flaw[] }>("POST", "/item-checks", content);
      if ("reply" in answer) setFlaws(answer.reply.flaws);
      else if (answer.problem.status === 422) setFlaws(readFields(answer.problem));
    }, PATIENCE_MS);
    return () => clearTimeout(later);
  }, [told]);
  const ofName = (problem === null ? [] : readFields(problem)).filter((flaw) => flaw.path === "name" || flaw.path === "tags");
  return [...flaws, ...ofName];
}

function readFields(problem: Problem): Flaw[] {
  return Object.entries(problem.fields ?? {}).map(([path, words]) => ({
    // A part of a union is named by its kind on the way: `question.single_choice.choices.1.text`.
    path: path.replace(/^content\./, "").replace(/^(question|key)\.[a-z_]+\./, "$1."),
    sentence: /^[a-z]/.test(words) ? `This ${words}.` : words,
  }));
}
