import { useEffect, useRef, useState } from "preact/hooks";
import { Line } from "../shared/line";
import type { Finished, Session } from "../shared/messages";
import type { Answer } from "../shared/line";
import { ServerClock } from "../shared/server_clock";
import { cameraLabel, openCamera, stopCamera } from "./camera";
import type { Camera } from "./sitting";

const clock = new ServerClock();

/** The proctored part of a sitting: its own line, its session and the candidate's camera. */
export interface Seat {
  readonly line: Line;
  readonly clock: ServerClock;
  readonly session: Session | null;
  readonly camera: Camera;
  /** The candidate was asked for the camera and went in, with it or without. */
  readonly isSeated: boolean;
  readonly isFinished: boolean;
  open(): Promise<void>;
  finish(): Promise<Answer<Finished>>;
  stopped(): void;
  resume(): void;
}

/** Null without a token: the exam is not proctored. `isOver`: the exam has ended, so the camera is let go. */
export function useSeat(token: string | null, isOver: boolean): Seat | null {
  const [line, setLine] = useState<Line | null>(null);
  const [, redraw] = useState(0);
  const [session, setSession] = useState<Session | null>(null);
  const [camera, setCamera] = useState<Camera>({ kind: "unasked" });
  const [isSeated, setSeated] = useState(false);
  const [isFinished, setFinished] = useState(false);

  useEffect(() => {
    if (token === null) return;
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
  const over = isOver || isFinished || line?.state === "taken_over" || line?.state === "refused";
  // As of the last drawing, for what began before it: the browser's question about the camera can stay open for long.
  const isOverNow = useRef(over);
  isOverNow.current = over;
  useEffect(() => {
    if (over) setCamera({ kind: "unasked" });
    if (isFinished) line?.close();
  }, [over, isFinished]);
  // An exam that is handed in ends the watching as well, as soon as there is a line to say so on.
  useEffect(() => {
    if (!isOver || isFinished || line?.state !== "connected") return;
    void line.ask<Finished>("finish", {}).then((answer) => "reply" in answer && setFinished(true));
  }, [isOver, isFinished, line?.state]);

  if (token === null || line === null) return null;
  return {
    line,
    clock,
    session,
    camera,
    isSeated,
    isFinished,
    open: async () => {
      if (session === null) return;
      setCamera({ kind: "opening" });
      const opened = await openCamera(session.frame_width_px, session.frame_height_px);
      if (isOverNow.current) {
        if ("stream" in opened) stopCamera(opened.stream);
        return;
      }
      setSeated(true);
      setCamera("stream" in opened ? { kind: "open", stream: opened.stream } : { kind: "trouble", trouble: opened.trouble });
    },
    finish: async () => {
      const answer = await line.ask<Finished>("finish", {});
      if ("reply" in answer) setFinished(true);
      return answer;
    },
    stopped: () => setCamera({ kind: "trouble", trouble: "stopped" }),
    resume: () => {
      setSeated(false);
      line.resume();
    },
  };
}
