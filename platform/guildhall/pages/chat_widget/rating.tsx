import { useRef, useState } from "preact/hooks";
import { newClientId } from "../shared/chat/outbox";
import type { Talk } from "../shared/chat/talk";
import { persist } from "./persist";
import type { Words } from "./words";

/** How it was, once it is resolved: one press is enough, and why is asked for after it. */
export function Rating({ talk, words }: { readonly talk: Talk; readonly words: Words }) {
  const given = talk.log.rating;
  const [pressed, setPressed] = useState(0);
  const [isDone, setIsDone] = useState(false);
  const why = useRef<HTMLTextAreaElement>(null);
  const chosen = pressed || given;
  const rate = async (rating: number, text: string): Promise<void> => {
    setPressed(rating);
    const clientId = newClientId();
    await persist(() => talk.rate(rating, text, clientId));
  };
  if (isDone) {
    return (
      <p class="rating hint" role="status" data-testid="rated">
        {words.thanks}
      </p>
    );
  }
  return (
    <form
      class="rating"
      onSubmit={(event) => {
        event.preventDefault();
        const text = why.current?.value.trim() ?? "";
        if (text !== "") void rate(chosen, text);
        setIsDone(true);
      }}
    >
      <fieldset>
        <legend>{words.howWasIt}</legend>
        {words.ratings.map((label, index) => (
          <button
            type="button"
            key={label}
            aria-label={label}
            title={label}
            aria-pressed={chosen === index + 1}
            onClick={() => void rate(index + 1, "")}
            data-testid={`rate-${index + 1}`}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
              <path d={`M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 0 1 0-19M8.6 9.2v.6M15.4 9.2v.6M7.5 15.5Q12 ${11.5 + index * 2} 16.5 15.5`} />
            </svg>
          </button>
        ))}
      </fieldset>
      {chosen === 0 ? null : (
        <div class="why">
          <textarea ref={why} rows={1} maxLength={1000} dir="auto" aria-label={words.whyRating} placeholder={words.whyRating} data-testid="why" />
          <button type="submit" data-testid="rate-done">
            {words.send}
          </button>
        </div>
      )}
    </form>
  );
}
