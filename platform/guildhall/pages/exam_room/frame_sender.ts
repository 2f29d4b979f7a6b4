import type { Line } from "../shared/line";
import type { Problem, Session, Verdict } from "../shared/messages";
import type { ServerClock } from "../shared/server_clock";
import { ANSWER_PATIENCE_MS, fitFrame, nextQuality, Pacing } from "./pacing";
import { Ticker } from "./ticker";

// How often to look again while there is no picture or no connection.
const IDLE_MS = 250;
const HAVE_CURRENT_DATA = 2;

export interface FrameReport {
  /** Local time at which the judged picture was taken. */
  readonly capturedAtMs: number;
  readonly outcome: { readonly verdict: Verdict } | { readonly problem: Problem };
}

/**
 * Takes pictures from the preview and sends them, one in flight, at the interval the server asks for. It never stops by
 * itself: no connection, a refused frame and a camera without a picture are waited out.
 */
export class FrameSender {
  readonly #line: Line;
  readonly #clock: ServerClock;
  readonly #video: HTMLVideoElement;
  readonly #session: Session;
  readonly #report: (report: FrameReport) => void;
  readonly #pacing: Pacing;
  readonly #ticker = new Ticker(() => void this.#tick());
  readonly #canvas = document.createElement("canvas");
  #quality: number;
  /** What the server asked for last: the session's own until then. */
  #asked: { readonly width: number; readonly height: number; readonly quality: number };
  #capturing = false;
  #closed = false;

  constructor(line: Line, clock: ServerClock, video: HTMLVideoElement, session: Session, report: (report: FrameReport) => void) {
    this.#line = line;
    this.#clock = clock;
    this.#video = video;
    this.#session = session;
    this.#report = report;
    this.#pacing = new Pacing(session.frame_interval_ms);
    this.#quality = session.jpeg_quality;
    this.#asked = { width: session.frame_width_px, height: session.frame_height_px, quality: session.jpeg_quality };
    this.#ticker.after(0);
  }

  close(): void {
    this.#closed = true;
    this.#ticker.close();
  }

  async #tick(): Promise<void> {
    if (this.#closed || this.#capturing) return;
    const waitMs = this.#pacing.waitMs(performance.now());
    if (waitMs > 0) return this.#ticker.after(waitMs);
    if (!this.#line.socket.connected || this.#video.readyState < HAVE_CURRENT_DATA) return this.#ticker.after(IDLE_MS);
    this.#capturing = true;
    let againMs = IDLE_MS;
    try {
      const capturedAtMs = Date.now();
      const jpeg = await this.#capture();
      // Too large to send: the next one is taken at a lower quality.
      if (jpeg !== null && jpeg.size <= this.#session.max_frame_bytes) {
        const bytes = await jpeg.arrayBuffer();
        if (this.#closed) return;
        void this.#send(bytes, capturedAtMs);
        againMs = this.#pacing.waitMs(performance.now());
      }
    } catch (error) {
      // A lost graphics context or a browser out of memory: this picture is lost, the next may come out.
      console.warn("A picture could not be taken", error);
    } finally {
      this.#capturing = false;
      if (!this.#closed) this.#ticker.after(againMs);
    }
  }

  async #capture(): Promise<Blob | null> {
    const video = this.#video;
    const size = fitFrame({ width: video.videoWidth, height: video.videoHeight }, this.#asked);
    if (this.#canvas.width !== size.width || this.#canvas.height !== size.height) Object.assign(this.#canvas, size);
    // Unmirrored: only the preview is turned round, by CSS.
    this.#canvas.getContext("2d", { alpha: false })?.drawImage(video, 0, 0, size.width, size.height);
    const jpeg = await new Promise<Blob | null>((done) => this.#canvas.toBlob(done, "image/jpeg", Math.min(this.#quality, this.#asked.quality)));
    if (jpeg !== null) this.#quality = nextQuality(this.#quality, this.#session.jpeg_quality, jpeg.size, this.#session.max_frame_bytes);
    return jpeg;
  }

  async #send(jpeg: ArrayBuffer, capturedAtMs: number): Promise<void> {
    const number = this.#pacing.sent(performance.now(), this.#clock.now());
    const frame = { number, captured_at_ms: this.#clock.at(capturedAtMs), jpeg };
    const options = { timeoutMs: ANSWER_PATIENCE_MS, volatile: true };
    const answer = await this.#line.ask<Verdict>("frame", frame, options);
    if (this.#closed) return;
    this.#pacing.answered(number, "reply" in answer ? answer.reply.next_interval_ms : null);
    if ("reply" in answer) {
      const { next_width_px, next_height_px, next_quality } = answer.reply;
      this.#asked = { width: next_width_px, height: next_height_px, quality: next_quality };
    }
    const outcome = "reply" in answer ? { verdict: answer.reply } : answer;
    this.#report({ capturedAtMs, outcome });
    this.#ticker.after(this.#pacing.waitMs(performance.now()));
  }
}
