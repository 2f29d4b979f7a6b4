import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CheckInTold, Verdict } from "../shared/messages";
import type { CameraTrouble } from "./camera";
import { adopt, isOver, type CheckInAction } from "./check_in";
import { CheckInOffer } from "./check_in_offer";
import { CheckInResult } from "./check_in_result";
import { CheckInRun } from "./check_in_run";
import { Preview } from "./preview";
import type { Seat } from "./seat";
import { Trouble } from "./trouble";

export type Camera =
  | { readonly kind: "unasked" | "opening" | "declined" }
  | { readonly kind: "open"; readonly stream: MediaStream }
  | { readonly kind: "trouble"; readonly trouble: CameraTrouble };

/** What a watched seat shows: the candidate's own picture, and before the exam the check-in in the exam's place. */
export interface Watched {
  readonly checkIn: ComponentChildren;
  readonly camera: ComponentChildren;
  readonly isCheckedIn: boolean;
}

/** The check-in and the picture of a seat, for the page to put where they belong; null where nobody watches. */
export function useWatched(seat: Seat | null, goOn = "Go on to the exam"): Watched | null {
  const session = seat?.session ?? null;
  const [checkIn, setCheckIn] = useState<CheckInTold | null>(session?.check_in ?? null);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  // A reconnect tells anew where the check-in stands.
  useEffect(() => setCheckIn(session?.check_in ?? null), [session]);
  if (seat === null || session === null || checkIn === null) return null;

  const act = async (action: CheckInAction): Promise<void> => {
    setFailure(null);
    const answer = await seat.line.ask<CheckInTold>("check_in", { action });
    if ("reply" in answer) setCheckIn(answer.reply);
    else setFailure(answer.problem.detail);
  };
  const heard = (told: Verdict): void => {
    setVerdict(told);
    setCheckIn((shown) => (shown === null ? null : adopt(shown, told.check_in)));
  };
  const asked = { act: (action: CheckInAction) => void act(action), failure };
  const { camera } = seat;
  const isCheckedIn = isOver(checkIn.state);
  return {
    isCheckedIn,
    checkIn:
      camera.kind !== "open" || isCheckedIn ? null : checkIn.state === "measured" ? (
        <CheckInResult told={checkIn} goOn={goOn} {...asked} />
      ) : (
        <CheckInOffer {...asked} />
      ),
    camera: (
      <>
        {camera.kind === "open" ? (
          <Preview line={seat.line} clock={seat.clock} session={session} stream={camera.stream} stopped={seat.stopped} heard={heard} />
        ) : camera.kind === "trouble" ? (
          <Trouble trouble={camera.trouble} retry={() => void seat.open()} />
        ) : camera.kind === "declined" ? (
          <p class="told">You sit this exam without a camera. A proctor is told so.</p>
        ) : (
          <p role="status">Starting the camera…</p>
        )}
        {camera.kind === "open" && checkIn.state === "running" ? (
          <CheckInRun told={checkIn} verdict={verdict} connected={seat.line.state === "connected"} act={asked.act} />
        ) : null}
      </>
    ),
  };
}
