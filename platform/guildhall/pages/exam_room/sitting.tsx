import { useEffect, useState } from "preact/hooks";
import type { Line } from "../shared/line";
import type { CheckInTold, Session, Verdict } from "../shared/messages";
import type { ServerClock } from "../shared/server_clock";
import type { CameraTrouble } from "./camera";
import { adopt, isOver, type CheckInAction } from "./check_in";
import { CheckInOffer } from "./check_in_offer";
import { CheckInResult } from "./check_in_result";
import { CheckInRun } from "./check_in_run";
import { Preview } from "./preview";
import { Trouble } from "./trouble";

export type Camera =
  | { readonly kind: "unasked" | "opening" }
  | { readonly kind: "open"; readonly stream: MediaStream }
  | { readonly kind: "trouble"; readonly trouble: CameraTrouble };

/** The seat: check-in and questions on one side, the candidate's own picture on the other. */
export function Sitting(props: {
  line: Line;
  clock: ServerClock;
  session: Session;
  camera: Camera;
  retry: () => void;
  stopped: () => void;
}) {
  const { line, session, camera } = props;
  const [checkIn, setCheckIn] = useState(session.check_in);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  // A reconnect tells anew where the check-in stands.
  useEffect(() => setCheckIn(session.check_in), [session]);

  const act = async (action: CheckInAction): Promise<void> => {
    setFailure(null);
    const answer = await line.ask<CheckInTold>("check_in", { action });
    if ("reply" in answer) setCheckIn(answer.reply);
    else setFailure(answer.problem.detail);
  };
  const heard = (told: Verdict): void => {
    setVerdict(told);
    setCheckIn((shown) => adopt(shown, told.check_in));
  };
  const asked = { act: (action: CheckInAction) => void act(action), failure };
  return (
    <div class="sitting">
      {camera.kind !== "open" || isOver(checkIn.state) ? (
        <Questions />
      ) : checkIn.state === "measured" ? (
        <CheckInResult told={checkIn} {...asked} />
      ) : (
        <CheckInOffer {...asked} />
      )}
      <aside>
        {camera.kind === "open" ? (
          <Preview
            line={line}
            clock={props.clock}
            session={session}
            stream={camera.stream}
            stopped={props.stopped}
            heard={heard}
          />
        ) : camera.kind === "trouble" ? (
          <Trouble trouble={camera.trouble} retry={props.retry} />
        ) : (
          <p role="status">Starting the camera…</p>
        )}
      </aside>
      {camera.kind === "open" && checkIn.state === "running" ? (
        <CheckInRun told={checkIn} verdict={verdict} connected={line.state === "connected"} act={asked.act} />
      ) : null}
    </div>
  );
}

function Questions() {
  return (
    <section class="questions" aria-labelledby="questions-title" data-testid="questions">
      <h1 id="questions-title">Your questions will be here</h1>
      <p>
        The questions come with the assessments part, which is not built yet. For now this room shows the proctoring: you
        can see what the server sees, and a proctor can see you.
      </p>
    </section>
  );
}
