import type { ComponentChildren } from "preact";

/** One subject of the account page, under its name. */
export function Part(props: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section class="part" id={props.id} aria-labelledby={`${props.id}-title`} data-testid={props.id}>
      <h2 id={`${props.id}-title`} tabIndex={-1}>
        {props.title}
      </h2>
      <div class="content">{props.children}</div>
    </section>
  );
}

/** What was done, spoken politely; the place for it is always there, so that the change is noticed. */
export function Told({ words }: { words: string | null }) {
  return (
    <p class={words === null ? "unseen" : "told"} role="status">
      {words}
    </p>
  );
}
