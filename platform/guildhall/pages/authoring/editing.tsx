import { useEffect, useMemo, useState } from "preact/hooks";
import { LocalDraft } from "./local_draft";

export interface Editing<T> {
  readonly value: T;
  readonly isDirty: boolean;
  /** Unsaved work that was found in this browser, when it was left. */
  readonly foundAtMs: number | null;
  readonly undo: { readonly words: string } | null;
  change(value: T): void;
  /** A change that takes something away: it can be taken back. */
  remove(value: T, words: string): void;
  takeBack(): void;
  saved(value: T): void;
  useFound(): void;
  dropFound(): void;
}

/** One document being edited: what is not saved stays in this browser, leaving asks first, and removals can be undone. */
export function useEditing<T>(name: string, stored: T): Editing<T> {
  const draft = useMemo(() => new LocalDraft<T>(name), [name]);
  const [base, setBase] = useState(stored);
  const [value, setValue] = useState(stored);
  const [found, setFound] = useState(() => draft.read());
  const [undo, setUndo] = useState<{ words: string; before: T } | null>(null);
  const isDirty = JSON.stringify(value) !== JSON.stringify(base);

  useEffect(() => {
    if (found !== null && JSON.stringify(found.value) === JSON.stringify(stored)) {
      draft.forget();
      setFound(null);
    }
  }, []);
  useEffect(() => {
    if (!isDirty) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isDirty]);

  const change = (next: T): void => {
    setValue(next);
    setFound(null);
    draft.keep(next);
  };
  return {
    value,
    isDirty,
    foundAtMs: found === null ? null : found.at_ms,
    undo,
    change: (next) => {
      setUndo(null);
      change(next);
    },
    remove: (next, words) => {
      setUndo({ words, before: value });
      change(next);
    },
    takeBack: () => {
      if (undo !== null) change(undo.before);
      setUndo(null);
    },
    saved: (next) => {
      setBase(next);
      setValue(next);
      setUndo(null);
      draft.forget();
    },
    useFound: () => {
      if (found !== null) change(found.value);
    },
    dropFound: () => {
      draft.forget();
      setFound(null);
    },
  };
}

/** What stands above an editor: work that was found, and a removal that can be taken back. */
export function EditingNotes<T>({ editing }: { editing: Editing<T> }) {
  return (
    <div class="notes" role="status">
      {editing.foundAtMs === null ? null : (
        <p class="told" data-testid="found">
          This browser has changes of {new Date(editing.foundAtMs).toLocaleString()} that were not saved.{" "}
          <button type="button" class="as-link" onClick={() => editing.useFound()}>
            Use them
          </button>{" "}
          or{" "}
          <button type="button" class="as-link" onClick={() => editing.dropFound()}>
            drop them
          </button>
        </p>
      )}
      {editing.undo === null ? null : (
        <p class="told" data-testid="undo">
          {editing.undo.words}{" "}
          <button type="button" class="as-link" onClick={() => editing.takeBack()}>
            Undo
          </button>
        </p>
      )}
    </div>
  );
}
