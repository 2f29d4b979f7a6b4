import type { Words } from "./words";

interface PreChatProps {
  readonly asks: readonly string[];
  readonly words: Words;
  readonly onBegin: (name: string, email: string) => void;
}

/** What the site asks for first. Nothing of it has to be given. */
export function PreChat({ asks, words, onBegin }: PreChatProps) {
  return (
    <form
      class="prechat"
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        const read = (field: string): string => String(given.get(field) ?? "").trim();
        onBegin(read("name"), read("email"));
      }}
    >
      {asks.includes("name") ? (
        <>
          <label for="name">{words.yourName}</label>
          <input id="name" name="name" autocomplete="name" maxLength={80} aria-describedby="name-why" data-testid="name" />
          <p id="name-why" class="hint">
            {words.nameWhy}
          </p>
        </>
      ) : null}
      {asks.includes("email") ? (
        <>
          <label for="email">{words.yourAddress}</label>
          <input id="email" name="email" type="email" autocomplete="email" maxLength={254} aria-describedby="email-why" data-testid="email" />
          <p id="email-why" class="hint">
            {words.addressWhy}
          </p>
        </>
      ) : null}
      <button type="submit" class="primary" data-testid="begin">
        {words.begin}
      </button>
    </form>
  );
}
