import { useEffect, useRef, useState } from "preact/hooks";
import type { ServerClock } from "../shared/server_clock";
import { useNow } from "../shared/use_now";
import { sayDuration } from "../shared/wording";
import type { Tile } from "../shared/messages";
import type { Pictures } from "./pictures";

// A tile comes twice a second at least; this much older, the picture is called old.
const STALE_MS = 3000;
const BOX_LINE_PX = 2;

export interface Shown {
  /** How many frames this place has painted. */
  readonly frames: number;
  readonly tile: Tile | null;
}

const NOTHING: Shown = { frames: 0, tile: null };

/** Paints one candidate's frames onto a canvas, with thin boxes round the faces when asked. */
export function useLivePicture(pictures: Pictures, sessionId: string, boxes: boolean) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [shown, setShown] = useState(NOTHING);
  const drawsBoxes = useRef(boxes);
  drawsBoxes.current = boxes;
  useEffect(() => {
    setShown(NOTHING);
    return pictures.watch(sessionId, (picture, tile) => {
      if (canvas.current === null) return;
      if (picture !== null) paint(canvas.current, picture, drawsBoxes.current ? tile : null);
      setShown((last) => ({ frames: last.frames + 1, tile }));
    });
  }, [pictures, sessionId]);
  return { canvas, shown };
}

function paint(canvas: HTMLCanvasElement, picture: ImageBitmap, boxed: Tile | null): void {
  const { width, height } = picture;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) return;
  context.drawImage(picture, 0, 0);
  // Light on dark, so that the line shows on any picture, and as thin in a small tile as in a large one.
  const scale = canvas.clientWidth > 0 ? width / canvas.clientWidth : 1;
  for (const [left, top, boxWidth, boxHeight] of boxed?.boxes ?? []) {
    const box = [left * width, top * height, boxWidth * width, boxHeight * height] as const;
    context.lineWidth = (BOX_LINE_PX + 2) * scale;
    context.strokeStyle = "rgb(0 0 0 / 55%)";
    context.strokeRect(...box);
    context.lineWidth = BOX_LINE_PX * scale;
    context.strokeStyle = "#fff6d6";
    context.strokeRect(...box);
  }
}

/** "Last seen 6 s ago", once a picture is old enough to mislead. */
export function Staleness({ clock, tile }: { clock: ServerClock; tile: Tile | null }) {
  const now = useNow(1000);
  if (tile === null) return null;
  const ageMs = clock.at(now) - tile.received_at_ms;
  return ageMs < STALE_MS ? null : <span class="stale">Last seen {sayDuration(ageMs)} ago</span>;
}
