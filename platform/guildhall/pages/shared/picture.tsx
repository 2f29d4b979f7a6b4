import { useEffect, useRef, useState } from "preact/hooks";
import type { Picture } from "./exam";
import type { Answer } from "./line";
import "./picture.css";
import { useModal } from "./use_modal";

const ZOOMS = [1, 1.5, 2, 3] as const;

/** Where a page gets them: `/pictures/<name>` below the attempt or the bank that they are of. */
export interface Pictures {
  readBlob(path: string): Promise<Answer<Blob>>;
}

/**
 * A picture of a question, drawn on a canvas: it is fetched with a token, which an `img` cannot send, and the page's
 * policy allows no blob: addresses. Its description stands for it until it is there and if it never comes.
 */
export function PictureView({ picture, http }: { picture: Picture; http: Pictures }) {
  const [bitmap, setBitmap] = useState<ImageBitmap | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const [zoomed, setZoomed] = useState(false);
  useEffect(() => {
    let wanted = true;
    void http.readBlob(`/pictures/${encodeURIComponent(picture.blob_id)}`).then(async (answer) => {
      const drawn = "reply" in answer ? await createImageBitmap(answer.reply).catch(() => null) : null;
      if (!wanted) return;
      setBitmap(drawn);
      setFailure(drawn === null ? ("problem" in answer ? answer.problem.detail : "It cannot be drawn.") : null);
    });
    return () => {
      wanted = false;
    };
  }, [picture.blob_id, tries]);
  return (
    <figure class="picture" style={{ "--width": `${picture.width_px}px` }}>
      {bitmap === null ? (
        <div class="picture-missing" style={{ aspectRatio: `${picture.width_px} / ${picture.height_px}` }}>
          <p>{picture.alt}</p>
          {failure === null ? (
            <p class="hint">The picture is on its way.</p>
          ) : (
            <p class="hint" role="status">
              The picture did not arrive. {failure}{" "}
              <button type="button" onClick={() => setTries(tries + 1)}>
                Try again
              </button>
            </p>
          )}
        </div>
      ) : (
        <>
          <Drawn bitmap={bitmap} alt={picture.alt} />
          <figcaption>
            <button type="button" class="small" onClick={() => setZoomed(true)}>
              Enlarge the picture<span class="unseen">: {picture.alt}</span>
            </button>
          </figcaption>
        </>
      )}
      {zoomed && bitmap !== null ? <Enlarged bitmap={bitmap} alt={picture.alt} close={() => setZoomed(false)} /> : null}
    </figure>
  );
}

function Drawn({ bitmap, alt, scale = null }: { bitmap: ImageBitmap; alt: string; scale?: number | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext("2d")?.drawImage(bitmap, 0, 0), [bitmap]);
  const style = scale === null ? {} : { width: `${Math.round(bitmap.width * scale)}px`, maxWidth: "none" };
  return <canvas ref={canvas} width={bitmap.width} height={bitmap.height} role="img" aria-label={alt} style={style} />;
}

function Enlarged(props: { bitmap: ImageBitmap; alt: string; close: () => void }) {
  const dialog = useModal();
  const [zoom, setZoom] = useState(0);
  const scale = ZOOMS[zoom] ?? 1;
  return (
    <dialog ref={dialog} class="enlarged" aria-label={`Picture: ${props.alt}`} onClose={props.close} data-testid="enlarged">
      <p class="choices">
        <button type="button" onClick={() => setZoom(Math.max(0, zoom - 1))} aria-disabled={zoom === 0}>
          Smaller
        </button>
        <span role="status">{Math.round(scale * 100)} %</span>
        <button type="button" onClick={() => setZoom(Math.min(ZOOMS.length - 1, zoom + 1))} aria-disabled={zoom === ZOOMS.length - 1}>
          Larger
        </button>
        <button type="button" class="primary" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </p>
      <div class="enlarged-view" tabIndex={0} role="group" aria-label="The picture; scroll with the arrow keys">
        <Drawn bitmap={props.bitmap} alt={props.alt} scale={scale} />
      </div>
    </dialog>
  );
}
