import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AdmissionTold, ScanTold } from "../../shared/admission";
import { sayCount } from "../../shared/wording";
import type { Seat } from "../seat";
import { takeStill } from "./still";

const WHAT = ["your desk and what lies on it", "the room to your left", "the room behind you", "the room to your right"] as const;
const NO_PICTURE = "Your camera gives no picture just now. See that it works, then try again; or say that you cannot show it.";

/** A proctor asked to see the room: a few pictures that the candidate takes, or a no. The exam is behind it meanwhile. */
export function RoomScan({ seat, scan }: { seat: Seat; scan: ScanTold }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const stream = seat.camera.kind === "open" ? seat.camera.stream : null;
  const show = (): void => {
    if (dialog.current?.open === false) dialog.current.showModal();
    heading.current?.focus();
  };
  useLayoutEffect(show, []);
  useLayoutEffect(() => {
    if (video.current === null) return;
    video.current.srcObject = stream;
    // A browser may hold playback until the tab is shown; the picture is then simply not there yet.
    video.current.play().catch(() => undefined);
  }, [stream]);
  const ask = async (event: string, body: object): Promise<void> => {
    const answer = await seat.line.ask<AdmissionTold>(event, body);
    if ("reply" in answer) seat.adopt(answer.reply);
    setFailure("problem" in answer ? answer.problem.detail : null);
  };
  const take = async (): Promise<void> => {
    setBusy(true);
    const still = await takeStill(video.current, seat.session?.max_frame_bytes ?? 0);
    if (still === null) setFailure(NO_PICTURE);
    else await ask("photo", { kind: "room", scan: scan.number, place: scan.taken, jpeg: await still.arrayBuffer() });
    setBusy(false);
  };
  return (
    <dialog
      ref={dialog}
      class="room-scan"
      aria-labelledby="scan-title"
      aria-describedby="scan-what"
      onCancel={(event) => event.preventDefault()}
      // A browser closes it at the second Escape whatever the page says; the question is still open then.
      onClose={show}
      data-testid="room-scan"
      data-taken={scan.taken}
    >
      <h2 id="scan-title" tabIndex={-1} ref={heading}>
        A proctor asks to see your room
      </h2>
      <p id="scan-what">
        {sayCount(scan.pictures, "picture", "pictures")}, which you take: turn your camera or your computer, then press the button.
        Only proctors and whoever reviews a note about you see them; every look is logged.
      </p>
      <div class="mirror">
        <video ref={video} muted playsInline aria-label="What your camera sees" />
      </div>
      <p role="status" data-testid="scan-next">
        Picture {Math.min(scan.taken + 1, scan.pictures)} of {scan.pictures}: {WHAT[scan.taken % WHAT.length]}.
      </p>
      {failure === null ? null : (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <p class="choices">
        <button type="button" onClick={() => void ask("decline_scan", { number: scan.number })} data-testid="scan-decline">
          I do not want to show it
        </button>
        <button type="button" class="primary" aria-disabled={busy} onClick={() => !busy && void take()} data-testid="scan-take">
          Take the picture
        </button>
      </p>
      <p class="hint">Saying no ends nothing: the proctor is told so, and decides with you how to go on.</p>
    </dialog>
  );
}
