// When the next frame goes out, and how big it may be. Pure: times are milliseconds that the caller reads.

/** After this long without an answer the frame counts as lost, and the next one goes. */
export const ANSWER_PATIENCE_MS = 3000;
const LOWEST_QUALITY = 0.3;

/**
 * One frame in flight, the next one an interval after the last was sent. The server tells the interval with each answer:
 * longer than the session's own while its engine is full, never shorter.
 */
export class Pacing {
  readonly #shortestMs: number;
  #intervalMs: number;
  #lastSentAtMs = Number.NEGATIVE_INFINITY;
  #inFlight: number | null = null;
  #lastNumber = 0;

  constructor(intervalMs: number) {
    this.#shortestMs = intervalMs;
    this.#intervalMs = intervalMs;
  }

  /** 0 when a frame may go now. */
  waitMs(nowMs: number): number {
    const dueAtMs = this.#lastSentAtMs + (this.#inFlight === null ? this.#intervalMs : ANSWER_PATIENCE_MS);
    return Math.max(0, dueAtMs - nowMs);
  }

  /**
   * The number of the frame that goes out now. Numbers rise across reloads, reconnects and devices without any memory,
   * because they are the server's time, or one more than the last where two frames share a millisecond.
   */
  sent(nowMs: number, serverNowMs: number): number {
    this.#lastSentAtMs = nowMs;
    this.#lastNumber = Math.max(this.#lastNumber + 1, serverNowMs);
    this.#inFlight = this.#lastNumber;
    return this.#lastNumber;
  }

  /** The answer to `number` came; a late one, to a frame already given up, changes only the interval. */
  answered(number: number, nextIntervalMs: number | null): void {
    if (nextIntervalMs !== null) this.#intervalMs = Math.max(this.#shortestMs, nextIntervalMs);
    if (number === this.#inFlight) this.#inFlight = null;
  }
}

/** The largest size with the camera's own proportions that fits the server's; never larger than the camera's picture. */
export function fitFrame(
  camera: { width: number; height: number },
  limit: { width: number; height: number },
): { width: number; height: number } {
  const scale = Math.min(1, limit.width / camera.width, limit.height / camera.height);
  return { width: Math.max(2, Math.round(camera.width * scale)), height: Math.max(2, Math.round(camera.height * scale)) };
}

/** JPEG quality for the next frame: lower while frames come out too large, slowly back up to what the server asked for. */
export function nextQuality(quality: number, wanted: number, sizeBytes: number, maxBytes: number): number {
  if (sizeBytes > maxBytes) return Math.max(LOWEST_QUALITY, quality - 0.15);
  return sizeBytes < maxBytes / 2 ? Math.min(wanted, quality + 0.02) : quality;
}
