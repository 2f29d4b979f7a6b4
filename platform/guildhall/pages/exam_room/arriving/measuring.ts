import type { Line } from "../../shared/line";

const PROBE_BYTES = 60_000;
const PROBES = 3;
const WATCH_MS = 2000;

export interface LineMeasured {
  readonly upload_kbit_s: number | null;
  readonly clock_offset_ms: number | null;
}

/** How fast bytes get up, and how far this clock is off: the best of a few, because anything else only slows them down. */
export async function measureLine(line: Pick<Line, "ask">, now = (): number => performance.now()): Promise<LineMeasured> {
  let fastest: number | null = null;
  let closest: { readonly tookMs: number; readonly offsetMs: number } | null = null;
  const payload = crypto.getRandomValues(new Uint8Array(PROBE_BYTES)).buffer;
  for (let each = 0; each < PROBES; each += 1) {
    const began = now();
    const answer = await line.ask<{ server_time_ms: number }>("probe", { payload });
    if ("problem" in answer) continue;
    const tookMs = Math.max(1, now() - began);
    fastest = Math.max(fastest ?? 0, (PROBE_BYTES * 8) / tookMs);
    const offsetMs = answer.reply.server_time_ms + tookMs / 2 - Date.now();
    if (closest === null || tookMs < closest.tookMs) closest = { tookMs, offsetMs };
  }
  return { upload_kbit_s: fastest, clock_offset_ms: closest?.offsetMs ?? null };
}

/** How many pictures a second a camera gives; null where none come or the browser cannot tell. */
export function measureRate(video: HTMLVideoElement | null): Promise<number | null> {
  if (video === null || !("requestVideoFrameCallback" in video)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const began = performance.now();
    let frames = 0;
    let isOver = false;
    const count = (): void => {
      if (isOver) return;
      frames += 1;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    setTimeout(() => {
      isOver = true;
      resolve(frames === 0 ? null : (frames * 1000) / (performance.now() - began));
    }, WATCH_MS);
  });
}
