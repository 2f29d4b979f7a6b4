import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ConnectionState } from "../shared/connection_state";
import { Line } from "../shared/line";
import type { Session } from "../shared/messages";
import { NotAdmitted, Notice } from "../shared/notice";
import { ServerClock } from "../shared/server_clock";
import { claimToken } from "../shared/token";
import { Briefing } from "./briefing";
import { cameraLabel, openCamera, stopCamera } from "./camera";
import "./exam_room.css";
import { FinishDialog } from "./finish_dialog";
import { Sitting, type Camera } from "./sitting";

const clock = new ServerClock();

function ExamRoom({ token }: { token: string }) {
  const [line, setLine] = useState<Line | null>(null);
  const [, redraw] = useState(0);
  const [session, setSession] = useState<Session | null>(null);
  const [camera, setCamera] = useState<Camera>({ kind: "unasked" });
  const [sitting, setSitting] = useState(false);
  const [finished, setFinished] = useState(false);
  const [asking, setAsking] = useState(false);

  useEffect(() => {
    const opened = new Line("/exam-room", token, () => redraw((count) => count + 1));
    opened.socket.on("session", (told: Session) => {
      const now = Date.now();
      clock.distrust();
      // The message took an unknown time to arrive; the engine's verdicts do not depend on this.
      clock.learn(told.server_time_ms, now, now);
      setSession(told);
      if (told.state === "finished") setFinished(true);
    });
    setLine(opened);
    return () => opened.close();
  }, [token]);

  const stream = camera.kind === "open" ? camera.stream : null;
  useEffect(() => (stream === null ? undefined : () => stopCamera(stream)), [stream]);
  // A session is told after every connection, and each of them must hear of the camera anew.
  useEffect(() => {
    if (stream !== null && session !== null) void line?.ask("camera", { label: cameraLabel(stream) });
  }, [stream, session]);
  const over = finished || line?.state === "taken_over" || line?.state === "refused";
  // As of the last drawing, for what began before it: the browser's question about the camera can stay open for long.
  const isOver = useRef(over);
  isOver.current = over;
  useEffect(() => {
    if (over) setCamera({ kind: "unasked" });
    if (finished) line?.close();
  }, [over, finished]);

  if (line === null) return null;
  const start = async (): Promise<void> => {
    if (session === null) return;
    setCamera({ kind: "opening" });
    const opened = await openCamera(session.frame_width_px, session.frame_height_px);
    if (isOver.current) {
      if ("stream" in opened) stopCamera(opened.stream);
      return;
    }
    setSitting(true);
    setCamera("stream" in opened ? { kind: "open", stream: opened.stream } : { kind: "trouble", trouble: opened.trouble });
  };

  if (finished) return <FinishedPage session={session} />;
  if (line.state === "refused") return <NotAdmitted refusal={line.refusal} />;
  if (line.state === "taken_over") {
    return (
      <Notice icon="elsewhere" title="Your exam is open somewhere else" testid="taken-over">
        <p>You opened it in another tab or on another device, and it goes on there. This page no longer uses your camera.</p>
        <button
          type="button"
          class="primary"
          onClick={() => {
            setSitting(false);
            line.resume();
          }}
        >
          Continue here instead
        </button>
      </Notice>
    );
  }
  return (
    <>
      <header class="bar">
        <p class="where">
          <strong>{session?.exam_title ?? "Exam room"}</strong>
          {session === null ? null : <span>{session.candidate_name}</span>}
        </p>
        <ConnectionState state={line.state} />
        {sitting ? (
          <button type="button" onClick={() => setAsking(true)} data-testid="finish">
            Finish the exam
          </button>
        ) : null}
      </header>
      <main>
        {session === null ? (
          <p class="joining">{line.state === "connecting" ? "Opening your exam…" : "Waiting for the connection. This page keeps trying."}</p>
        ) : !sitting ? (
          <Briefing session={session} opening={camera.kind === "opening"} start={() => void start()} />
        ) : (
          <Sitting
            line={line}
            clock={clock}
            session={session}
            camera={camera}
            retry={() => void start()}
            stopped={() => setCamera({ kind: "trouble", trouble: "stopped" })}
          />
        )}
      </main>
      {asking ? <FinishDialog line={line} close={() => setAsking(false)} finished={() => setFinished(true)} /> : null}
    </>
  );
}

function FinishedPage({ session }: { session: Session | null }) {
  return (
    <Notice icon="connected" title="You have finished" testid="finished">
      <p>
        {session === null ? "This exam" : <strong>{session.exam_title}</strong>} is closed and your camera is off. Nothing
        more is recorded. You may close this tab.
      </p>
      <p>
        <a href="/">Back to the start</a>
      </p>
    </Notice>
  );
}

const token = claimToken("exam-room");
const page = document.getElementById("page");
if (page !== null) render(token === null ? <NotAdmitted refusal={null} /> : <ExamRoom token={token} />, page);
