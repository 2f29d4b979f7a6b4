import { useEffect, useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { PageOf } from "./authored";
import type { Desk } from "./desk";

export interface Read<T> {
  readonly value: T | null;
  readonly problem: Problem | null;
  put(value: T): void;
  again(): void;
}

/** One thing of the server's, read when the page opens. */
export function useRead<T>(desk: Desk, path: string): Read<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = async (): Promise<void> => {
    const answer = await desk.ask<T>("GET", path);
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
    if ("reply" in answer) setValue(answer.reply);
  };
  useEffect(() => void again(), [path]);
  return { value, problem, put: setValue, again: () => void again() };
}

export interface ReadList<T> extends Read<readonly T[]> {
  readonly hasMore: boolean;
  more(): void;
}

/** A list of the server's, a page at a time. */
export function useList<T>(desk: Desk, path: string): ReadList<T> {
  const [value, setValue] = useState<readonly T[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const read = async (after: string | null): Promise<void> => {
    const joined = path + (path.includes("?") ? "&" : "?") + (after === null ? "" : `cursor=${encodeURIComponent(after)}`);
    const answer = await desk.ask<PageOf<T>>("GET", joined);
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
    if ("problem" in answer) return;
    setValue((before) => (after === null ? answer.reply.items : [...(before ?? []), ...answer.reply.items]));
    setCursor(answer.reply.next_cursor);
  };
  useEffect(() => void read(null), [path]);
  return { value, problem, put: setValue, again: () => void read(null), hasMore: cursor !== null, more: () => void read(cursor) };
}

/** What stands where something is on its way, or did not come. */
export function Waiting({ read }: { read: Read<unknown> }) {
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
      One moment…
    </p>
  ) : null;
}
