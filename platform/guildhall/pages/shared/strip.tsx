import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "./api";
import { Failure } from "./form";
import type { Problem } from "./messages";
import type { FlagTold } from "./review_told";

interface Picture {
  readonly at_ms: number;
  readonly phase: "before" | "during" | "after";
  readonly jpeg: string;
}

interface StripShown {
  readonly sentence: string;
  readonly pictures: readonly Picture[];
}

const PHASES = { before: "Before it was flagged", during: "While it was flagged", after: "Afterwards" } as const;

/** The pictures around a flag, where some were kept: whoever sat the exam had to agree to that. Each look is written down. */
export function Strip({ api, path, flag }: { api: Api; path: string; flag: FlagTold }) {
  const [strip, setStrip] = useState<StripShown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (flag.rule === null) return;
    void api.ask<StripShown>("GET", `${path}/strip?flag=${encodeURIComponent(flag.id)}`).then((answer) => {
      setProblem("problem" in answer ? answer.problem : null);
      if ("reply" in answer) setStrip(answer.reply);
    });
  }, [path, flag.id]);
  if (flag.rule === null) return null;
  if (problem !== null) return <Failure problem={problem} />;
  if (strip === null) return <p role="status">Looking for pictures…</p>;
  return (
    <div class="strip">
      {strip.sentence === "" ? null : (
        <p class="hint" data-testid="strip-told">
          {strip.sentence}
        </p>
      )}
      {strip.pictures.length === 0 ? null : <Film pictures={strip.pictures} flag={flag} />}
    </div>
  );
}

/** One picture at a time: a slider with the keyboard, a drag with a finger. It opens on the first picture of the flag. */
function Film({ pictures, flag }: { pictures: readonly Picture[]; flag: FlagTold }) {
  const [place, setPlace] = useState(() => Math.max(0, pictures.findIndex((one) => one.phase === "during")));
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = pictures[Math.min(place, pictures.length - 1)];
  useEffect(() => {
    let isCurrent = true;
    if (shown === undefined) return;
    const bytes = Uint8Array.from(atob(shown.jpeg), (letter) => letter.charCodeAt(0));
    void createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).then((bitmap) => {
      const field = canvas.current;
      if (!isCurrent || field === null) return;
      [field.width, field.height] = [bitmap.width, bitmap.height];
      field.getContext("2d")?.drawImage(bitmap, 0, 0);
    });
    return () => {
      isCurrent = false;
    };
  }, [shown]);
  if (shown === undefined) return null;
  const seconds = (shown.at_ms - flag.opened_at_ms) / 1000;
  const said = `${PHASES[shown.phase]}, ${Math.abs(seconds).toFixed(1)} s ${seconds < 0 ? "before" : "after"} it began`;
  return (
    <figure data-testid="strip">
      <canvas ref={canvas} role="img" aria-label={`Picture ${place + 1} of ${pictures.length}: ${said}`} />
      <figcaption>
        <label>
          Picture {place + 1} of {pictures.length}
          <input type="range" min={0} max={pictures.length - 1} value={place} onInput={(event) => setPlace(event.currentTarget.valueAsNumber)} aria-valuetext={said} />
        </label>
        <span class="hint">{said}</span>
      </figcaption>
    </figure>
  );
}
