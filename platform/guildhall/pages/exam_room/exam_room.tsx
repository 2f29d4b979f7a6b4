import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ConnectionState } from "../shared/connection_state";
import { NotAdmitted, Notice } from "../shared/notice";
import { claimTokens } from "../shared/token";
import { ActingView, useActing } from "./acting/acting";
import { inDialog } from "./acting/asked";
import { Agreed } from "./arriving/agreed";
import { Checks } from "./arriving/checks";
import { Photographs } from "./arriving/photographs";
import { RoomScan } from "./arriving/room_scan";
import { WaitingRoom } from "./arriving/waiting_room";
import { Briefing } from "./briefing";
import { useClaims } from "./claims/use_claims";
import { Exam } from "./exam/exam";
import { phaseOf } from "./exam/phases";
import { keepPreferences, readPreferences, type Preferences } from "./exam/preferences";
import { SafetySummary } from "./exam/safety_line";
import { Timer } from "./exam/timer";
import "./exam_room.css";
import { FinishDialog } from "./finish_dialog";
import { forgetOffline, keepForOffline } from "./offline";
import { RefusedExam } from "./refused_exam";
import { useSeat } from "./seat";
import { useWatched } from "./sitting";
import { TakeBreak } from "./take_break";
import { useDesk } from "./use_desk";

/** One sitting: `seat` opens the proctored part, `exam` the exam; either may be missing, an exam without a camera is usual. */
function ExamRoom({ seatToken, examToken }: { seatToken: string | null; examToken: string | null }) {
  const desk = useDesk(examToken);
  const attempt = desk?.attempt ?? null;
  const phase = attempt === null ? null : phaseOf(attempt);
  const seat = useSeat(seatToken, phase === "after", desk);
  const watched = useWatched(seat);
  const acting = useActing(seat);
  const [asking, setAsking] = useState(false);
  const [preferences, setPreferences] = useState(readPreferences);
  const prefer = (next: Preferences): void => {
    keepPreferences(next);
    setPreferences(next);
  };

  // The exam hears of the check-in by itself. Where the camera is in trouble, the person may still come in; a proctor sees it.
  const canCheckIn = desk?.allows("check_in").allowed === true && attempt?.state === "created";
  const hasTrouble = seat?.camera.kind === "trouble" || seat?.camera.kind === "declined";
  const admission = seat?.admission ?? null;
  // Where a proctor lets people in, they ask for it themselves.
  const isLetIn = admission?.needs_admission === true;
  const [isChecking, setChecking] = useState(false);
  const [isPhotographing, setPhotographing] = useState(false);
  useEffect(() => {
    if (admission?.stage === "checks") setChecking(true);
    if (admission?.stage === "photos") setPhotographing(true);
  }, [admission?.stage]);
  useClaims(seat, seat?.isSeated === true && (phase === null || phase === "during"));
  useEffect(() => {
    if (canCheckIn && !isLetIn && (watched?.isCheckedIn === true || hasTrouble)) void desk?.act("check_in");
  }, [canCheckIn, watched?.isCheckedIn, hasTrouble, isLetIn]);

  useEffect(() => {
    if (phase === "during" && desk?.isFromMemory === false) void keepForOffline();
    if (phase === "after") void forgetOffline();
    if (phase === "after") setAsking(false); // or whoever's exam is opened again is asked first whether to hand in
  }, [phase, desk?.isFromMemory]);

  const lines = [desk?.line, seat?.line].filter((line) => line !== undefined);
  const line = lines[0];
  if (line === undefined) return null;
  if (seat?.isFinished === true && desk === null) return <FinishedPage title={seat.session?.exam_title ?? null} />;
  if (phase !== "after" && lines.some((each) => each.state === "taken_over")) {
    return (
      <main class="alone">
        <Notice icon="elsewhere" title="Your exam is open somewhere else" testid="taken-over">
          <p>
            You opened it in another tab or on another device, and it goes on there.{" "}
            {desk === null
              ? ""
              : desk.unsaved === 0
                ? "Everything you wrote here is saved. "
                : "What you wrote here is kept, and is on its way to the server: leave this page open until it is saved. "}
            {seat === null ? "" : "This page no longer uses your camera."}
          </p>
          <button
            type="button"
            class="primary"
            onClick={() => {
              if (seat !== null) seat.resume();
              desk?.line.resume();
            }}
          >
            Continue here instead
          </button>
        </Notice>
      </main>
    );
  }
  if (line.state === "refused") {
    if (desk === null) return <NotAdmitted refusal={line.refusal} />;
    // Whoever is signed out goes on writing: it is kept here, and the exam says what to do. Nor is a moment's wait told.
    const isTold = attempt !== null && desk.pass.problem?.status === 401;
    if (!desk.needsPass || (desk.pass.problem !== null && !isTold)) return <RefusedExam desk={desk} />;
  }

  const title = attempt?.exam_title ?? seat?.session?.exam_title ?? "Exam room";
  const name = attempt?.candidate_name ?? seat?.session?.candidate_name ?? null;
  const isWatchClosed = desk !== null && (seat?.isFinished === true || seat?.isRefused === true);
  // Opened again without a network: the questions are here, and the camera is asked for when there is a line again.
  const isAlone = desk?.isFromMemory === true && seat?.session === null;
  const isSeated = seat === null || isWatchClosed || isAlone || seat.isSeated;
  const isLoading = (desk !== null && attempt === null) || (seat !== null && seat.session === null && !isWatchClosed && !isAlone);
  const camera = phase === "after" ? null : isWatchClosed ? <WatchClosed /> : (watched?.camera ?? null);
  const isDuring = phase === "during" && isSeated;
  return (
    <>
      <header class="bar">
        <p class="where">
          <strong>{title}</strong>
          {name === null ? null : <span>{name}</span>}
        </p>
        <ConnectionState state={desk?.needsPass === true ? "reconnecting" : line.state} />
        {isDuring && desk !== null ? (
          <>
            <SafetySummary desk={desk} />
            <Timer desk={desk} isHidden={preferences.isTimeHidden} hide={(isTimeHidden) => prefer({ ...preferences, isTimeHidden })} />
            <TakeBreak desk={desk} />
            <button type="button" onClick={() => setAsking(true)} data-testid="submit">
              Hand in
            </button>
          </>
        ) : null}
        {desk === null && isSeated && seat !== null ? (
          <button type="button" onClick={() => setAsking(true)} data-testid="finish">
            Finish the exam
          </button>
        ) : null}
      </header>
      <main>
        <ActingView acting={acting} canTalk={phase !== "after" && !isWatchClosed && seat?.isSeated === true} />
        {isLoading ? (
          <p class="joining">
            {line.state === "connecting" ? "Opening your exam…" : "Waiting for the connection. This page keeps trying."}
          </p>
        ) : phase === "after" || isSeated ? (
          <div
            class="seat"
            data-phase={phase ?? "watched"}
            data-has-camera={camera !== null}
            data-is-from-memory={desk?.isFromMemory === true}
            data-text-size={preferences.textSize}
          >
            {isChecking && seat !== null && admission !== null && (phase === null || phase === "before") ? (
              <Checks seat={seat} admission={admission} goOn={() => setChecking(false)} />
            ) : isPhotographing && seat !== null && admission !== null && admission.stage !== "in" && (phase === null || phase === "before") ? (
              <Photographs seat={seat} admission={admission} goOn={() => setPhotographing(false)} />
            ) : desk === null || attempt === null ? (
              (watched?.checkIn ?? <NoQuestions />)
            ) : phase === "before" && watched !== null && watched.checkIn !== null ? (
              watched.checkIn
            ) : phase === "before" && seat !== null && admission !== null && (admission.stage === "ready" || admission.stage === "waiting") ? (
              <WaitingRoom seat={seat} admission={admission} />
            ) : (
              <Exam desk={desk} attempt={attempt} preferences={preferences} prefer={prefer} submitting={asking} setSubmitting={setAsking} />
            )}
            {camera === null ? null : (
              <aside key="camera" class="camera-side" aria-label="Your camera">
                {camera}
                {seat !== null && isSeated && (isDuring || phase === "on_break" || desk === null) ? <Agreed seat={seat} /> : null}
              </aside>
            )}
          </div>
        ) : seat !== null && seat.session !== null && seat.admission !== null ? (
          <Briefing
            session={seat.session}
            admission={seat.admission}
            opening={seat.camera.kind === "opening"}
            isGoingOn={phase === "during" || phase === "on_break"}
            failure={seat.failure}
            start={(given, said) => void seat.begin(given, said)}
          />
        ) : null}
      </main>
      {/* One dialog after the other: what a proctor asks is read first. */}
      {seat !== null && admission?.scan != null && isSeated && phase !== "after" && (acting === null || inDialog(acting.asked) === null) ? (
        <RoomScan key={admission.scan.number} seat={seat} scan={admission.scan} />
      ) : null}
      {asking && desk === null && seat !== null ? <FinishDialog seat={seat} close={() => setAsking(false)} /> : null}
    </>
  );
}

/** A room that only watches: the paper is somewhere else. */
function NoQuestions() {
  return (
    <section class="questions" aria-labelledby="questions-title" data-testid="questions">
      <h1 id="questions-title">You are in the room</h1>
      <p>
        No questions are set in this room: they come from whoever invited you. You can see what the server sees, and a proctor
        can see you.
      </p>
    </section>
  );
}

function WatchClosed() {
  return <p class="told">Your camera is off, and nobody watches any more. The exam itself goes on.</p>;
}

function FinishedPage({ title }: { title: string | null }) {
  return (
    <main class="alone">
      <Notice icon="connected" title="You have finished" testid="finished">
        <p>
          {title === null ? "This exam" : <strong>{title}</strong>} is closed and your camera is off. Nothing more is recorded. You
          may close this tab.
        </p>
        <p>
          <a href="/">Back to the start</a>
        </p>
      </Notice>
    </main>
  );
}

const [seatToken = null, examToken = null] = claimTokens("exam-room", ["token", "exam"]);
const page = document.getElementById("page");
if (page !== null) {
  const isEmpty = seatToken === null && examToken === null;
  render(isEmpty ? <NotAdmitted refusal={null} /> : <ExamRoom seatToken={seatToken} examToken={examToken} />, page);
}
