import { useEffect, useRef, useState } from "preact/hooks";
import type { AdmissionTold, ConsentTold, Said } from "../shared/admission";
import { Line } from "../shared/line";
import type { Finished, Session } from "../shared/messages";
import type { Answer } from "../shared/line";
import { ServerClock } from "../shared/server_clock";
import { cameraLabel, openCamera, stopCamera } from "./camera";
import type { ExamDesk } from "./exam/desk";
import type { Camera } from "./sitting";

const clock = new ServerClock();

/** The proctored part of a sitting: its own line, its session and the candidate's camera. */
export interface Seat {
  readonly line: Line;
  readonly clock: ServerClock;
  readonly session: Session | null;
  /** Where they stand on the way in; told after the session. */
  readonly admission: AdmissionTold | null;
  readonly camera: Camera;
  /** The candidate was asked for the camera and went in, with it or without. */
  readonly isSeated: boolean;
  readonly isFinished: boolean;
  /** For good: a token that only ran out is another matter where there is an exam, which gets a fresh one. */
  readonly isRefused: boolean;
  open(): Promise<void>;
  /** Keeps what they agreed to and what not, then opens the camera where they did. */
  begin(given: ReadonlySet<string>, said: Said | null): Promise<void>;
  adopt(told: AdmissionTold): void;
  /** During the exam: takes one consent back, or gives it again. The camera is off at once; null, or why it was not kept. */
  answerConsent(consent: ConsentTold, given: boolean): Promise<string | null>;
  readonly failure: string | null;
  finish(): Promise<Answer<Finished>>;
  stopped(): void;
  resume(): void;
}

/**
 * Null without a token: the exam is not proctored. `isOver`: the exam has ended, so the camera is let go. `desk`: gets
 * fresh tokens, for both.
 */
export function useSeat(token: string | null, isOver: boolean, desk: ExamDesk | null, namespace = "/exam-room"): Seat | null {
  const [line, setLine] = useState<Line | null>(null);
  const [, redraw] = useState(0);
  const [session, setSession] = useState<Session | null>(null);
  const [admission, setAdmission] = useState<AdmissionTold | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [camera, setCamera] = useState<Camera>({ kind: "unasked" });
  const [isSeated, setSeated] = useState(false);
  const [isFinished, setFinished] = useState(false);
  const [times, setTimes] = useState(0); // that the exam was opened again

  useEffect(() => {
    if (token === null) return;
    const opened = new Line(namespace, token, () => redraw((count) => count + 1));
    opened.socket.on("session", (told: Session) => {
      const now = Date.now();
      clock.distrust();
      // The message took an unknown time to arrive; the engine's verdicts do not depend on this.
      clock.learn(told.server_time_ms, now, now);
      setSession(told);
      if (told.state === "finished") setFinished(true);
    });
    opened.socket.on("admission", (told: AdmissionTold) => setAdmission(told));
    setLine(opened);
    return () => opened.close();
  }, [token, times]);

  const stream = camera.kind === "open" ? camera.stream : null;
  useEffect(() => (stream === null ? undefined : () => stopCamera(stream)), [stream]);
  // A session is told after every connection, and each of them must hear of the camera anew.
  useEffect(() => {
    if (stream !== null && session !== null) void line?.ask("camera", { label: cameraLabel(stream) });
  }, [stream, session]);
  const needsPass = desk !== null && line?.state === "refused" && line.refusal?.status === 401;
  const isRefused = line?.state === "refused" && !needsPass;
  const renewed = desk?.pass.seatToken ?? null;
  useEffect(() => {
    if (renewed !== null) void line?.renew(renewed);
  }, [line, renewed]);
  useEffect(() => {
    if (needsPass) void desk?.renewSoon();
  }, [needsPass]);
  useEffect(() => {
    const renewSoon = (): void => void desk?.renewSoon();
    line?.socket.on("token_expiring", renewSoon);
    return () => void line?.socket.off("token_expiring", renewSoon);
  }, [line, desk]);
  const over = isOver || isFinished || line?.state === "taken_over" || isRefused;
  // As of the last drawing, for what began before it: the browser's question about the camera can stay open for long.
  const isOverNow = useRef(over);
  isOverNow.current = over;
  useEffect(() => {
    if (over) setCamera({ kind: "unasked" });
    if (isFinished) line?.close();
  }, [over, isFinished]);
  // An exam that was opened again is watched again: with a line of its own, and after they agreed once more to the camera.
  const wasOver = useRef(isOver);
  useEffect(() => {
    if (wasOver.current && !isOver) {
      setFinished(false);
      setSeated(false);
      setSession(null);
      setTimes((before) => before + 1);
    }
    wasOver.current = isOver;
  }, [isOver]);
  // An exam that is handed in ends the watching as well, as soon as there is a line to say so on.
  useEffect(() => {
    if (!isOver || isFinished || line?.state !== "connected") return;
    void line.ask<Finished>("finish", {}).then((answer) => "reply" in answer && setFinished(true));
  }, [isOver, isFinished, line?.state]);

  if (token === null || line === null) return null;
  const open = async (): Promise<void> => {
    if (session === null) return;
    setCamera({ kind: "opening" });
    const opened = await openCamera(session.frame_width_px, session.frame_height_px);
    if (isOverNow.current) {
      if ("stream" in opened) stopCamera(opened.stream);
      return;
    }
    setSeated(true);
    setCamera("stream" in opened ? { kind: "open", stream: opened.stream } : { kind: "trouble", trouble: opened.trouble });
  };
  return {
    line,
    clock,
    session,
    admission,
    failure,
    camera,
    isSeated,
    isFinished,
    isRefused,
    open,
    adopt: setAdmission,
    begin: async (given, said) => {
      setFailure(null);
      const answers = (admission?.consents ?? []).map(({ signal, text_hash }) => ({ signal, text_hash, given: given.has(signal) }));
      const answer = await line.ask<AdmissionTold>("consent", said === null ? { answers } : { answers, said });
      if ("problem" in answer) return setFailure(answer.problem.detail);
      setAdmission(answer.reply);
      if (given.has("camera")) return open();
      setSeated(true);
      setCamera({ kind: "declined" });
    },
    answerConsent: async ({ signal, text_hash }, given) => {
      const isCamera = signal === "camera";
      if (isCamera && !given) setCamera({ kind: "declined" });
      const answer = await line.ask<AdmissionTold>("consent", { answers: [{ signal, text_hash, given }] });
      if ("problem" in answer) {
        return `${answer.problem.detail} ${isCamera && !given ? "Your camera is off here. " : ""}Try again in a moment.`;
      }
      setAdmission(answer.reply);
      if (isCamera && given) await open();
      return null;
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
