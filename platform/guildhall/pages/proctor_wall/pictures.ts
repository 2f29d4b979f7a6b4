import type { Tile } from "../shared/messages";

export type Painter = (picture: ImageBitmap | null, tile: Tile) => void;

/**
 * The newest frame of each candidate, decoded off the main thread and handed to whoever paints that candidate.
 * `seen` is called when a frame has been decoded and painted, which is what asks the server for the next one.
 */
export class Pictures {
  readonly #seen: (tile: Tile) => void;
  readonly #painters = new Map<string, Set<Painter>>();
  readonly #latest = new Map<string, Tile>();

  constructor(seen: (tile: Tile) => void) {
    this.#seen = seen;
  }

  async take(tile: Tile): Promise<void> {
    this.#latest.set(tile.session_id, tile);
    await this.#paint(tile, this.#painters.get(tile.session_id) ?? new Set());
    this.#seen(tile);
  }

  /** Paints this candidate from now on, beginning with the frame at hand; call the returned function to stop. */
  watch(sessionId: string, painter: Painter): () => void {
    const painters = this.#painters.get(sessionId) ?? new Set();
    this.#painters.set(sessionId, painters.add(painter));
    const latest = this.#latest.get(sessionId);
    if (latest !== undefined) void this.#paint(latest, new Set([painter]));
    return () => painters.delete(painter);
  }

  /** A broken picture is painted as null: its number still counts, and the next one must be asked for all the same. */
  async #paint(tile: Tile, painters: ReadonlySet<Painter>): Promise<void> {
    if (painters.size === 0) return; // folded away: nobody sees it, so nobody decodes it
    let picture: ImageBitmap | null = null;
    try {
      picture = await createImageBitmap(new Blob([tile.jpeg], { type: "image/jpeg" }));
    } catch {
      // The candidate's own bytes: whatever they are, the wall goes on.
    }
    for (const painter of painters) painter(picture, tile);
    picture?.close();
  }
}
