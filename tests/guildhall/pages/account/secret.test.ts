import assert from "node:assert/strict";
import { test } from "node:test";
import encodeQR from "qr";
import decodeQR from "qr/decode.js";
import { drawSquares, groupSecret } from "../../../../platform/guildhall/pages/account/secret";

test("a secret is read in fours", () => {
  assert.equal(groupSecret("JBSWY3DPEHPK3"), "JBSW Y3DP EHPK 3");
  assert.equal(groupSecret(""), "");
});

test("each run of dark squares is drawn once, in its place", () => {
  assert.equal(drawSquares([[true, true, false, true], [false, false, false, false]]), "M0 0h2v1h-2zM3 0h1v1h-1z");
});

test("what is drawn can be scanned back", () => {
  const uri = "otpauth://totp/Guildhall:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Guildhall";
  const rows = encodeQR(uri, "raw", { border: 4 });
  assert.equal(decodeQR(raster(drawSquares(rows), rows.length, 6)), uri);
});

/** The path as a picture: `scale` pixels a square, dark where the path went. */
function raster(path: string, size: number, scale: number): { width: number; height: number; data: Uint8Array } {
  const width = size * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, left, top, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let y = Number(top) * scale; y < (Number(top) + 1) * scale; y += 1) {
      const start = (y * width + Number(left) * scale) * 4;
      for (let byte = start; byte < start + Number(run) * scale * 4; byte += 1) if (byte % 4 !== 3) data[byte] = 0;
    }
  }
  return { width, height: width, data };
}
