import { useEffect, useRef, useState } from "preact/hooks";
import type { Method } from "./api";
import { Failure } from "./form";
import type { Answer } from "./line";
import type { Problem } from "./messages";

/** Whatever can be asked: the API of a page, or a desk that knows where its paths begin. */
export interface Asks {
  ask<T>(method: Method, path: string): Promise<Answer<T>>;
}

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

export interface Read<T> {
  readonly value: T | null;
  readonly problem: Problem | null;
  put(value: T): void;
  again(): void;
}

/**
 * Asked as a reading begins; what it gives tells whether that reading is still the newest of its place. The answer to
 * an older one (another filter was chosen meanwhile) would show what is no longer asked for.
 */
function useNewest(): () => () => boolean {
  const last = useRef(0);
  return () => {
    const mine = ++last.current;
    return () => mine === last.current;
  };
}

/** One thing of the server's, read when the page opens; null: nothing yet. What was read stays while it cannot be read again. */
export function useRead<T>(asks: Asks, path: string | null): Read<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const newest = useNewest();
  const again = async (): Promise<void> => {
    if (path === null) return;
    const isNewest = newest();
    const answer = await asks.ask<T>("GET", path);
    if (!isNewest()) return;
    // Whoever is signed out is led to the sign-in page: there is nothing to say here.
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
    if ("reply" in answer) setValue(answer.reply);
  };
  useEffect(() => void again(), [path]);
  return { value, problem, put: setValue, again: () => void again() };
}

export interface ReadList<T> extends Read<readonly T[]> {
  readonly hasMore: boolean;
  more(): void;
  /** What was asked last once more: the beginning, or the page that did not come. */
  retry(): void;
}

/** A list of the server's, a page at a time. */
export function useList<T>(asks: Asks, path: string): ReadList<T> {
  const [value, setValue] = useState<readonly T[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const asked = useRef<string | null>(null);
  const newest = useNewest();
  const read = async (after: string | null): Promise<void> => {
    asked.current = after;
    const joined = path + (path.includes("?") ? "&" : "?") + (after === null ? "" : `cursor=${encodeURIComponent(after)}`);
    const isNewest = newest();
    const answer = await asks.ask<PageOf<T>>("GET", joined);
    if (!isNewest()) return;
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
    if ("problem" in answer) return;
    setValue((before) => (after === null ? answer.reply.items : [...(before ?? []), ...answer.reply.items]));
    setCursor(answer.reply.next_cursor);
  };
  useEffect(() => void read(null), [path]);
  return { value, problem, put: setValue, again: () => void read(null), hasMore: cursor !== null, more: () => void read(cursor), retry: () => void read(asked.current) };
}

/** All of a list, for choosing among its things: page after page, up to so many. */
export function useWhole<T>(asks: Asks, path: string, most: number): Read<readonly T[]> {
  const [value, setValue] = useState<readonly T[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const newest = useNewest();
  const read = async (): Promise<void> => {
    const isNewest = newest();
    const found: T[] = [];
    let after: string | null = null;
    do {
      const joined: string = path + (after === null ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(after)}`);
      const answer: Answer<PageOf<T>> = await asks.ask<PageOf<T>>("GET", joined);
      if (!isNewest()) return;
      setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
      if ("problem" in answer) return;
      found.push(...answer.reply.items);
      after = answer.reply.next_cursor;
    } while (after !== null && found.length < most);
    setValue(found);
  };
  useEffect(() => void read(), [path]);
  return { value, problem, put: setValue, again: () => void read() };
}

/** What stands where something is on its way, or did not come. */
export function Waiting({ read, words = "One moment…" }: { read: Pick<Read<unknown>, "value" | "problem" | "again">; words?: string }) {
  if (read.problem !== null) {
    return (
      <>
        <Failure problem={read.problem} />
        <p>
          <button type="button" onClick={() => read.again()}>
            Try again
          </button>
        </p>
      </>
    );
  }
  return read.value === null ? (
    <p class="empty" role="status">
      {words}
    </p>
  ) : null;
}
