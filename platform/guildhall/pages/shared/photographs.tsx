import { useState } from "preact/hooks";
import type { Api } from "./api";
import { Failure } from "./form";
import { JpegView, jpegOf } from "./jpeg_view";
import type { Problem } from "./messages";
import { sayWhen } from "./review_told";

type Kind = "face" | "id_document" | "room";

interface PhotosSeen {
  readonly photos: readonly { readonly kind: Kind; readonly at_ms: number; readonly jpeg: string }[];
}

const THEIRS: Readonly<Record<Kind, string>> = { face: "The candidate, at the check-in", id_document: "The document", room: "The room" };
const YOURS: Readonly<Record<Kind, string>> = { face: "You, at the check-in", id_document: "Your identity document", room: "Your room" };

/** What was photographed of a candidate and of their room, once somebody asks for it: each look is logged. */
export function Photographs({ api, path, isOwn = false }: { api: Api; path: string; isOwn?: boolean }) {
  const [seen, setSeen] = useState<readonly { readonly title: string; readonly jpeg: Blob }[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const show = async (): Promise<void> => {
    const answer = await api.ask<PhotosSeen>("GET", `${path}/photos`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    const titles = isOwn ? YOURS : THEIRS;
    setSeen(answer.reply.photos.map(({ kind, at_ms, jpeg }) => ({ title: `${titles[kind]}, ${sayWhen(at_ms)}`, jpeg: jpegOf(jpeg) })));
  };
  if (seen === null) {
    return (
      <div>
        <button type="button" class="small" onClick={() => void show()} data-testid="photos">
          Photographs from the check-in
        </button>{" "}
        <span class="hint">{isOwn ? "Looking at them is logged, too." : "Your look is logged, and the candidate can see that."}</span>
        <Failure problem={problem} />
      </div>
    );
  }
  return (
    <section aria-label="Photographs from the check-in" data-testid="photos-shown">
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
