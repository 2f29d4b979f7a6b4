import { useEffect, useRef, useState } from "preact/hooks";

/** A JPEG drawn on a canvas: the pages' policy lets in neither `data:` nor `blob:` pictures. */
export function JpegView({ jpeg, alt, testid }: { jpeg: Blob; alt: string; testid?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    const draw = (bitmap: ImageBitmap): void => {
      const field = canvas.current;
      if (isCurrent && field !== null) {
        [field.width, field.height] = [bitmap.width, bitmap.height];
        field.getContext("2d")?.drawImage(bitmap, 0, 0);
        field.dataset.drawn = "true";
      }
      bitmap.close();
    };
    createImageBitmap(jpeg).then(draw, () => setBroken(isCurrent));
    return () => {
      isCurrent = false;
    };
  }, [jpeg]);
  if (isBroken) return <p class="hint">This picture cannot be drawn.</p>;
  return <canvas ref={canvas} class="jpeg" role="img" aria-label={alt} data-testid={testid} />;
}

/** Of the letters in which HTTP carries it (base64). */
export function jpegOf(letters: string): Blob {
  return new Blob([Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0))], { type: "image/jpeg" });
}
