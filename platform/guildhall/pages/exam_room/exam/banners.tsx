import { Icon } from "../../shared/icons";
import { sayClock, sayCount } from "../../shared/wording";
import { sayKeeping } from "../outbox/keeping";
import { SignInAgain } from "../signed_out";
import type { ExamDesk } from "./desk";

/** What is not as usual, in words: no connection, a paused clock, time given back, a browser that keeps nothing. */
export function Banners({ desk }: { desk: ExamDesk }) {
  const { courier, attempt } = desk;
  const isSignedOut = desk.pass.problem !== null;
  const isAway = desk.isAway && !isSignedOut;
  const keeping = sayKeeping(desk.keptWhere);
  const halted = courier.halted !== null && courier.waiting > 0 && !desk.isAway && !isSignedOut ? courier.halted.detail : null;
  return (
    <div class="banners">
      <SignedOutBanner desk={desk} />
      <p class="banner" role="status" hidden={!isAway} data-testid="offline-banner">
        {isAway ? (
          <>
            <Icon name="offline" />
            <span>{sayAway(desk)}</span>
          </>
        ) : null}
      </p>
      {keeping === null ? null : (
        <p class="banner" role="status" data-testid="keeping-banner">
          <Icon name="alert" />
          <span>{keeping}</span>
        </p>
      )}
      {halted === null ? null : (
        <p class="banner" role="alert" data-testid="halted-banner">
          <Icon name="alert" />
          <span>
            Answers wait on this device: {halted}{" "}
            <button type="button" class="small" onClick={() => courier.wake()}>
              Send them again
            </button>
          </span>
        </p>
      )}
      {attempt?.state === "paused" ? (
        <p class="banner" role="status" data-testid="paused-banner">
          <Icon name="pause" />
          <span>
            A proctor has paused your exam{sayReason(desk)}. The clock stands, and what you have written is safe. You can read
            on; you can write again as soon as it goes on.
          </span>
        </p>
      ) : null}
      {desk.given.length === 0 ? null : (
        <div class="banner good" data-testid="given-banner">
          <Icon name="time" />
          <span>
            <strong>Time was given back.</strong> {desk.given.join(" ")}
          </span>
          <button type="button" class="small" onClick={() => desk.dismissGiven()}>
            Understood
          </button>
        </div>
      )}
    </div>
  );
}

/** Whoever is signed out writes on, and reads what to do. */
export function SignedOutBanner({ desk }: { desk: ExamDesk }) {
  if (desk.pass.problem === null || (desk.isOver && desk.unsaved === 0)) return null;
  return (
    <p class="banner" role="alert" data-testid="signed-out-banner">
      <Icon name="alert" />
      <span>
        <SignInAgain desk={desk} /> {sayKept(desk)}
      </span>
    </p>
  );
}

function sayKept(desk: ExamDesk): string {
  const { endsAtMs } = desk.pass;
  if (!desk.needsPass && endsAtMs !== null && endsAtMs > desk.clock.now()) {
    return `Until ${sayClock(endsAtMs)} your answers are saved all the same.`;
  }
  const where = desk.keptWhere === "memory" ? "in this tab" : "on this device";
  const what = desk.unsaved === 0 ? "what you write is" : `${sayCount(desk.unsaved, "answer is", "answers are")}`;
  return `Nothing is lost: ${what} kept ${where} and sent when you are signed in.${desk.isOver ? "" : " The clock of the exam goes on."}`;
}

function sayAway(desk: ExamDesk): string {
  const waiting = desk.unsaved;
  if (desk.courier.reached && waiting === 0) {
    return (
      "The live connection is lost, and comes back by itself. Everything you have written so far is saved. Go on working: " +
      "what you write is kept on this device and sent as soon as it can be."
    );
  }
  const kept = desk.keptWhere === "memory" ? "kept in this tab; do not close it" : "kept on this device, also if the page is reloaded";
  return (
    `There is no connection just now. Go on working: ${waiting === 0 ? "what you write is" : sayCount(waiting, "answer is", "answers are")} ${kept}. ` +
    "It is all sent when the connection is back, and a lost connection never ends your exam."
  );
}

function sayReason(desk: ExamDesk): string {
  const open = desk.attempt?.clock.credits.find((credit) => credit.kind === "pause" && credit.ended_at_ms === null);
  return open === undefined || open.reason === "" ? "" : `: ${open.reason.replace(/[.!?]$/, "")}`;
}
