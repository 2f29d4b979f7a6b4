import { useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { DeskRoom } from "./desk_room";

const DAY_MS = 86_400_000;

/** Finds conversations again: by words, names, `#tags` and the day of the last words. */
export function Search({ room, onFound }: { readonly room: DeskRoom; readonly onFound: (isFound: boolean) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const ask = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const read = (name: string): string => String(given.get(name) ?? "").trim();
    const [words, from, to] = [read("q"), read("from"), read("to")];
    if (words === "" && from === "" && to === "") return onFound(false);
    // Days are those of whoever asks.
    const at = (day: string): number => new Date(`${day}T00:00`).getTime();
    const query = new URLSearchParams({ q: words });
    if (from !== "") query.set("from_ms", String(at(from)));
    if (to !== "") query.set("to_ms", String(at(to) + DAY_MS - 1));
    setProblem(await room.search(query));
    onFound(true);
  };
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          void ask(event.currentTarget);
        }}
        onReset={() => onFound(false)}
      >
        <input type="search" name="q" maxLength={200} aria-label="Find conversations" placeholder="Words, a name, #tag" data-testid="search" />
        <button type="submit">Find</button>
        <details>
          <summary>By day</summary>
          <label>
            From <input type="date" name="from" />
          </label>
          <label>
            To <input type="date" name="to" />
          </label>
        </details>
        <Failure problem={problem} />
      </form>
    </search>
  );
}
