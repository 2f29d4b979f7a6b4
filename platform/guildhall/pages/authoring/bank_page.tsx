import { useEffect, useState } from "preact/hooks";
import type { Question } from "../shared/exam";
import type { Bank, ItemListed, PublishingState } from "./authored";
import { KIND_WORDS, STATE_WORDS } from "./authored";
import { Changes } from "./changes";
import { sayItems } from "./banks_page";
import type { Desk } from "./desk";
import { ExchangePart } from "./exchange_part";
import { type Owner, sayOwner } from "../shared/organisations";
import { useList, useRead, Waiting } from "../shared/reading";

interface Filter {
  readonly text: string;
  readonly tag: string;
  readonly state: "" | PublishingState;
  readonly kind: "" | Question["kind"];
  readonly difficulty: string;
}
const ALL: Filter = { text: "", tag: "", state: "", kind: "", difficulty: "" };
const PATIENCE_MS = 300;

/** One bank: its items, found by words, tag, kind, state and difficulty; new ones; files in and out. */
export function BankPage({ desk, owners, bankId }: { desk: Desk; owners: readonly Owner[] | null; bankId: string }) {
  const path = `/banks/${encodeURIComponent(bankId)}`;
  const bank = useRead<Bank>(desk, path);
  const tags = useRead<{ items: { tag: string; items: number }[] }>(desk, `${path}/tags`);
  const [filter, setFilter] = useState(ALL);
  const [asked, setAsked] = useState(ALL);
  useEffect(() => {
    const later = setTimeout(() => setAsked(filter), PATIENCE_MS);
    return () => clearTimeout(later);
  }, [filter]);
  const items = useList<ItemListed>(desk, `${path}/items?${query(asked)}`);
  const set = (part: Partial<Filter>): void => setFilter({ ...filter, ...part });
  if (bank.value === null) return <Waiting read={bank} />;
  return (
    <>
      <p class="eyebrow">
        <a href="#/banks">Question banks</a>
        {sayOwner(owners, bank.value.organisation_id) === "" ? "" : ` · ${sayOwner(owners, bank.value.organisation_id)}`}
      </p>
      <h1 tabIndex={-1}>{bank.value.name}</h1>
      <p class="hint">{sayItems(bank.value)}</p>
      <section class="new-item" aria-label="Write a new question">
        <label for="new-kind">New question</label>
        <select id="new-kind" data-testid="new-item" value="" onInput={(event) => location.assign(`#/banks/${bankId}/${event.currentTarget.value}`)}>
          <option value="" disabled>
            Choose its kind…
          </option>
          {Object.entries(KIND_WORDS).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
      </section>
      <form class="filter" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          Words
          <input type="search" value={filter.text} maxLength={200} onInput={(event) => set({ text: event.currentTarget.value })} />
        </label>
        <label>
          Tag
          <select value={filter.tag} onInput={(event) => set({ tag: event.currentTarget.value })}>
            <option value="">any</option>
            {tags.value?.items.map((one) => (
              <option key={one.tag} value={one.tag}>
                {one.tag} ({one.items})
              </option>
            ))}
          </select>
        </label>
        <label>
          Kind
          <select value={filter.kind} onInput={(event) => set({ kind: event.currentTarget.value as Filter["kind"] })}>
            <option value="">any</option>
            {Object.entries(KIND_WORDS).map(([kind, words]) => (
              <option key={kind} value={kind}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          State
          <select value={filter.state} onInput={(event) => set({ state: event.currentTarget.value as Filter["state"] })}>
            <option value="">any</option>
            {Object.entries(STATE_WORDS).map(([state, words]) => (
              <option key={state} value={state}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Difficulty
          <select value={filter.difficulty} onInput={(event) => set({ difficulty: event.currentTarget.value })}>
            <option value="">any</option>
            {["1", "2", "3", "4", "5"].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </form>
      <Waiting read={items} />
      {items.value?.length === 0 && !items.hasMore ? (
        <p class="nothing" role="status">
          {JSON.stringify(asked) === JSON.stringify(ALL)
            ? "There is no question in this bank yet. Write one, or import some from a file below."
            : "No question is like that. Leave something out of what you are looking for."}
        </p>
      ) : null}
      <ul class="lines" data-testid="items">
        {items.value?.map((item) => (
          <li key={item.item_id}>
            <div>
              <a href={`#/items/${item.item_id}`}>{item.name}</a>
              <span class="hint">{item.prompt}</span>
            </div>
            <span class="badges">
              <span class="badge" data-state={item.state}>
                {STATE_WORDS[item.state]}
                {item.state === "published" && !item.is_draft_published ? ", changed since" : ""}
              </span>
              <span class="hint">
                {KIND_WORDS[item.kind]} · difficulty {item.difficulty}
                {item.tags.length > 0 ? ` · ${item.tags.join(", ")}` : ""}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {items.hasMore ? (
        <button type="button" onClick={() => items.more()}>
          Look further
        </button>
      ) : null}
      <ExchangePart
        desk={desk}
        bank={bank.value}
        imported={() => {
          bank.again();
          tags.again();
          items.again();
        }}
      />
      <Changes desk={desk} path={path} rev={bank.value.rev} />
    </>
  );
}

function query(filter: Filter): string {
  const asked = new URLSearchParams({ limit: "50" });
  if (filter.text.trim() !== "") asked.set("text", filter.text.trim());
  if (filter.tag !== "") asked.set("tag", filter.tag);
  if (filter.state !== "") asked.set("state", filter.state);
  if (filter.kind !== "") asked.set("kind", filter.kind);
  if (filter.difficulty !== "") {
    asked.set("least_difficulty", filter.difficulty);
    asked.set("most_difficulty", filter.difficulty);
  }
  return asked.toString();
}
