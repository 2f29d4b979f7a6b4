// How secrets are shown to be typed and scanned. Pure.

/** In fours, as one reads it out while typing it into an app. */
export function groupSecret(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? "";
}

/** The dark squares of a QR code as one SVG path, a unit a square: each run of a row is one stroke of the pen. */
export function drawSquares(rows: readonly (readonly boolean[])[]): string {
  let path = "";
  for (const [top, row] of rows.entries()) {
    for (let left = 0; left < row.length; left += 1) {
      if (!row[left]) continue;
      const start = left;
      while (row[left + 1]) left += 1;
      const width = left + 1 - start;
      path += `M${start} ${top}h${width}v1h-${width}z`;
    }
  }
  return path;
}
