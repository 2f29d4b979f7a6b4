import { useEffect, useMemo, useState } from "preact/hooks";
import type { Api } from "./api";
import { Failure } from "./form";
import { JpegView, jpegOf } from "./jpeg_view";
import type { Problem } from "./messages";
import type { FlagTold } from "./review_told";

export interface Picture {
  readonly at_ms: number;
  readonly phase: "before" | "during" | "after";
  readonly jpeg: string;
}

export interface StripShown {
  readonly opened_at_ms: number;
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
      {strip.pictures.length === 0 ? null : <Film pictures={strip.pictures} openedAtMs={flag.opened_at_ms} />}
    </div>
  );
}

/** One picture at a time: a slider with the keyboard, a drag with a finger. It opens on the first picture of the flag. */
export function Film({ pictures, openedAtMs }: { pictures: readonly Picture[]; openedAtMs: number }) {
  const [place, setPlace] = useState(() => Math.max(0, pictures.findIndex((one) => one.phase === "during")));
  const shown = pictures[Math.min(place, pictures.length - 1)];
  const jpeg = useMemo(() => (shown === undefined ? null : jpegOf(shown.jpeg)), [shown]);
  if (shown === undefined || jpeg === null) return null;
  const seconds = (shown.at_ms - openedAtMs) / 1000;
  const said = `${PHASES[shown.phase]}, ${Math.abs(seconds).toFixed(1)} s ${seconds < 0 ? "before" : "after"} it began`;
  return (
    <figure data-testid="strip">
      <JpegView jpeg={jpeg} alt={`Picture ${place + 1} of ${pictures.length}: ${said}`} />
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
