import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Checks } from "../exam_room/arriving/checks";
import { useSeat } from "../exam_room/seat";
import { useWatched } from "../exam_room/sitting";
import { focusOnce } from "../shared/focus";
import { Failure } from "../shared/form";
import { Icon } from "../shared/icons";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import "./practice_room.css";

const api = openApi();
const NAMESPACE = "/practice-room";

/** Camera, light, line, clock and the check-in as on the day, with nobody watching and nothing kept. */
function PracticePage() {
  const [token, setToken] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const begin = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const answer = await api.ask<{ token: string }>("POST", "/v1/proctoring/practice-doors", {});
    setBusy(false);
    if ("reply" in answer) setToken(answer.reply.token);
    else setProblem(answer.problem);
  };
  return (
    <>
      <Masthead>
        <a href="/exams">Your exams</a>
        <a href="/account">Your account</a>
      </Masthead>
      <main>
        <h1>Try your camera</h1>
        {token === null ? (
          <>
            <p class="lead">See before the day whether your camera, light and connection will do, and try the check-in once.</p>
            <ul class="promises" data-testid="promises">
              <li>
                <strong>Nobody watches.</strong> No proctor can see this room, and none is told that you were here.
              </li>
              <li>
                <strong>Nothing is kept.</strong> Your pictures go to this server, where a computer looks at each and forgets it. No
                picture, measurement or note is stored, and nothing of it is known in your exam.
              </li>
              <li>No sound. Your camera is off again as soon as you leave this page.</li>
            </ul>
            <Failure problem={problem} />
            <p>
              <button type="button" class="primary" aria-disabled={busy} onClick={() => busy || void begin()} data-testid="practise">
                <Icon name="camera" />
                {busy ? "One moment…" : "Try it: use my camera"}
              </button>
            </p>
          </>
        ) : (
          <Practice key={token} token={token} again={() => void begin()} />
        )}
      </main>
    </>
  );
}

function Practice({ token, again }: { token: string; again: () => void }) {
  const seat = useSeat(token, false, null, NAMESPACE);
  const watched = useWatched(seat, "Done");
  const [isChecking, setChecking] = useState(true);
  const isWelcome = seat !== null && seat.session !== null;
  useEffect(() => {
    if (isWelcome && seat.camera.kind === "unasked") void seat.open();
  }, [isWelcome]);
  if (seat === null || seat.session === null || seat.admission === null || watched === null) {
    return seat?.isRefused === true ? <Over again={again} title="This room is not open to you just now" words={seat.line.refusal?.detail ?? ""} /> : <p role="status">Opening…</p>;
  }
  if (seat.isRefused) return <Over again={again} title="The practice is over" words="It closes after half an hour." />;
  const isOn = seat.camera.kind === "open" || seat.camera.kind === "trouble";
  return (
    <>
      <p class="promise">Nobody watches, and nothing is kept.</p>
      <div class="seat" data-has-camera="true" data-testid="practice">
        {isChecking ? (
          isOn ? (
            <Checks seat={seat} admission={seat.admission} goOn={() => setChecking(false)} />
          ) : null
        ) : watched.isCheckedIn || seat.camera.kind !== "open" ? (
          <Over again={again} title="That is all" words="On the day it begins in the same way; then a proctor may watch." />
        ) : (
          watched.checkIn
        )}
        <div class="camera-side">{watched.camera}</div>
      </div>
    </>
  );
}

function Over({ title, words, again }: { title: string; words: string; again: () => void }) {
  return (
    <section class="questions" aria-labelledby="over-title" data-testid="practice-over">
      <h1 id="over-title" tabIndex={-1} ref={focusOnce}>
        {title}
      </h1>
      <p>{words}</p>
      <p class="choices">
        <button type="button" onClick={again} data-testid="practise-again">
          Once more
        </button>
        <a href="/exams">Back to your exams</a>
      </p>
    </section>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<PracticePage />, page);
