// One picture of the camera, as large as it comes: a document has to be legible, and a frame's size is for faces.
const HAVE_CURRENT_DATA = 2;
const QUALITIES = [0.92, 0.8, 0.65, 0.5];

/** The picture that `video` shows just now, unmirrored, as a JPEG of at most `mostBytes`; null where there is none. */
export async function takeStill(video: HTMLVideoElement | null, mostBytes: number): Promise<Blob | null> {
  if (video === null || video.readyState < HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d", { alpha: false })?.drawImage(video, 0, 0);
  for (const quality of QUALITIES) {
    const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (jpeg !== null && jpeg.size <= mostBytes) return jpeg;
  }
  return null;
}
