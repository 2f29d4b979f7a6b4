import { useState } from "preact/hooks";
import type { AdmissionTold, Said } from "../shared/admission";
import { Icon } from "../shared/icons";
import type { Session } from "../shared/messages";
import { Consents } from "./arriving/consents";
import { guessDevice, Saying } from "./arriving/said";

/** Before the browser asks for the camera: what is recorded, why, and who sees it; and what is agreed to, each signal by itself. */
export function Briefing(props: {
  session: Session;
  admission: AdmissionTold;
  opening: boolean;
  /** They come back into an exam that has begun: what they took back stays so, and keeps nobody out. */
  isGoingOn: boolean;
  failure: string | null;
  /** `said`: null where they were not asked. */
  start: (given: ReadonlySet<string>, said: Said | null) => void;
}) {
  const { session, admission } = props;
  const [given, setGiven] = useState<ReadonlySet<string>>(
    () => new Set(admission.consents.filter((one) => one.given === true).map((one) => one.signal)),
  );
  const [said, setSaid] = useState<Said>(() => {
    const { device, glasses } = admission.said;
    return { device: device === null && glasses === null ? guessDevice() : device, glasses };
  });
  const isAsked = !admission.is_practice && !props.isGoingOn;
  const set = (signal: string, on: boolean): void => {
    const next = new Set(given);
    if (on) next.add(signal);
    else next.delete(signal);
    setGiven(next);
  };
  const required = admission.consents.filter((one) => one.required && !(props.isGoingOn && one.given === false)).map((one) => one.signal);
  const usesCamera = required.includes("camera") || given.has("camera");
  return (
    <section class="briefing" data-testid="briefing">
      <h1>Before you sit down, {session.candidate_name}</h1>
      <p class="lead">This exam is watched live, to be fair to everyone who takes it. Here is all that it involves.</p>
      <div class="facts">
        <Consents consents={admission.consents} given={given} set={set} />
        <section>
          <h2>Why, and who sees it</h2>
          <ul>
            <li>
              In an exam hall somebody keeps an eye on the room, so that a result means the same for everyone. Here that is
              done through your camera. A computer notes what lasts longer than a few seconds; a person decides what it means.
            </li>
            <li>Only the proctors of this exam can watch you, and only while you sit it.</li>
            <li>What you agreed to is kept with the words you read. You can take it back later: then it is off from that moment.</li>
          </ul>
        </section>
        {isAsked ? <Saying said={said} set={setSaid} /> : null}
        <section>
          <h2>Good to know</h2>
          <ul>
            <li>Poor light or a weak camera is never held against you; the page tells you how to be seen better.</li>
            <li>If the connection drops, keep working. It comes back by itself, and it never ends your exam.</li>
            <li>If you do not agree, leave this page and ask whoever invited you for another way to sit the exam.</li>
          </ul>
        </section>
      </div>
      {props.failure === null ? null : (
        <p class="failure" role="alert">
          {props.failure}
        </p>
      )}
      <p class="begin">
        <button
          type="button"
          class="primary"
          onClick={() => props.start(new Set([...required, ...given]), isAsked ? said : null)}
          disabled={props.opening}
          data-testid="use-camera"
        >
          <Icon name="camera" />
          {props.opening ? "Starting the camera…" : usesCamera ? "I agree: use my camera" : "Go on without a camera"}
        </button>
        <span class="hint">{usesCamera ? "Your browser will ask you to allow it." : "A proctor is told so."}</span>
      </p>
    </section>
  );
}
