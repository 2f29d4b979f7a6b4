import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Line } from "../shared/line";
import type { Session, Verdict } from "../shared/messages";
import type { ServerClock } from "../shared/server_clock";
import { useNow } from "../shared/use_now";
import { sayDuration } from "../shared/wording";
import { watchCamera } from "./camera";
import { FrameSender, type FrameReport } from "./frame_sender";

// A verdict younger than this is "now"; older, the page says that the picture is not arriving.
const FRESH_MS = 4000;

interface Seen {
  readonly verdict: Verdict;
  readonly capturedAtMs: number;
  readonly frames: number;
}

/** The candidate's own picture, mirrored, with what the server last said about it. Sends frames while it is shown. */
export function Preview(props: {
  line: Line;
  clock: ServerClock;
  session: Session;
  stream: MediaStream;
  stopped: () => void;
  heard: (verdict: Verdict) => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [refused, setRefused] = useState<string | null>(null);

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = props.stream;
    // A browser may hold playback until the tab is shown; the picture is then simply not there yet.
    element.play().catch(() => undefined);
    const take = ({ capturedAtMs, outcome }: FrameReport): void => {
      if ("problem" in outcome) {
        setRefused(outcome.problem.detail);
        return;
      }
      setRefused(null);
      const { verdict } = outcome;
      props.heard(verdict);
      const judged = verdict.verdict === "judged";
      setSeen((last) => ({
        verdict,
        capturedAtMs: judged || last === null ? capturedAtMs : last.capturedAtMs,
        frames: (last?.frames ?? 0) + (judged ? 1 : 0),
      }));
    };
    const sender = new FrameSender(props.line, props.clock, element, props.session, take);
    const unwatch = watchCamera(props.stream, props.stopped);
    return () => {
      sender.close();
      unwatch();
    };
    // The session's pacing comes with every verdict, so a reconnect needs no new sender.
  }, [props.stream]);

  const coaching = seen?.verdict.coaching ?? null;
  return (
    <section class="preview" aria-label="Your camera">
      <div class="mirror">
        <video ref={video} muted playsInline autoPlay aria-label="Your camera picture, as in a mirror" />
      </div>
      <SeenLine seen={seen} refused={props.line.state === "connected" ? refused : null} />
      {props.line.state === "connected" ? null : (
        <p class="hint" role="status">
          Keep working. The connection comes back by itself, and losing it is not held against you.
        </p>
      )}
      <p
        class="coaching"
        role="status"
        aria-live="polite"
        data-testid="coaching"
        data-code={coaching?.code ?? ""}
        hidden={coaching === null}
      >
        <Icon name="light" />
        <span>{coaching?.text ?? ""}</span>
      </p>
    </section>
  );
}

function SeenLine({ seen, refused }: { seen: Seen | null; refused: string | null }) {
  useNow(500);
  const ageMs = seen === null ? 0 : Math.max(0, Date.now() - seen.capturedAtMs);
  const kind = refused !== null ? "problem" : (seen?.verdict.verdict ?? "none");
  return (
    <p
      class="verdict"
      data-testid="verdict"
      data-verdict={kind}
      data-frames={seen?.frames ?? 0}
      data-faces={seen?.verdict.faces ?? ""}
    >
      <Icon name={seen !== null && seen.frames > 0 && ageMs < FRESH_MS ? "eye" : "unseen"} />
      <span>
        {saySeen(seen, ageMs)}
        {refused === null ? null : <span class="hint"> {refused} Pictures go on by themselves.</span>}
        {kind === "unexamined" && seen?.verdict.reason ? <span class="hint"> {seen.verdict.reason}</span> : null}
      </span>
    </p>
  );
}

function saySeen(seen: Seen | null, ageMs: number): string {
  if (seen === null) return "Sending the first picture…";
  if (seen.frames === 0) return "Your picture arrives, but is not being checked right now.";
  return ageMs < FRESH_MS ? `Seen ${sayDuration(Math.max(100, ageMs))} ago` : `Last seen ${sayDuration(ageMs)} ago`;
}
