import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import { JpegView } from "../shared/jpeg_view";
import type { Problem } from "../shared/messages";
import { sayClock } from "../shared/wording";

interface PhotosSeen {
  readonly photos: readonly { readonly kind: "face" | "room"; readonly at_ms: number; readonly jpeg: string }[];
}

/** What was photographed of the candidate and of their room, once a reviewer asks for it: each look is logged. */
export function Photographs({ api, path }: { api: Api; path: string }) {
  const [seen, setSeen] = useState<readonly { readonly title: string; readonly jpeg: Blob }[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const show = async (): Promise<void> => {
    const answer = await api.ask<PhotosSeen>("GET", `${path}/photos`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    setSeen(
      answer.reply.photos.map(({ kind, at_ms, jpeg }) => ({
        title: `${kind === "face" ? "The candidate, at the check-in" : "The room"}, ${sayClock(at_ms)}`,
        jpeg: new Blob([Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0))], { type: "image/jpeg" }),
      })),
    );
  };
  if (seen === null) {
    return (
      <div>
        <button type="button" class="small" onClick={() => void show()} data-testid="review-photos">
          Photographs from the check-in
        </button>{" "}
        <span class="hint">Your look is logged, and the candidate can see that.</span>
        <Failure problem={problem} />
      </div>
    );
  }
  return (
    <section aria-label="Photographs from the check-in" data-testid="review-photos-shown">
      {seen.length === 0 ? <p role="status">None are kept: the exam does not ask for them, they were declined, or their time is over.</p> : null}
      <div class="prints">
        {seen.map((one, place) => (
          <figure key={place}>
            <JpegView jpeg={one.jpeg} alt={one.title} />
            <figcaption>{one.title}</figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
}
