import { Icon } from "../shared/icons";
import type { Session } from "../shared/messages";

/** Before the browser asks for the camera: what is recorded, why, and who sees it. */
export function Briefing(props: { session: Session; opening: boolean; start: () => void }) {
  const { session } = props;
  return (
    <section class="briefing" data-testid="briefing">
      <h1>Before you sit down, {session.candidate_name}</h1>
      <p class="lead">This exam is watched live, to be fair to everyone who takes it. Here is all that it involves.</p>
      <div class="facts">
        <section>
          <h2>What is recorded</h2>
          <ul data-testid="recorded">
            {session.recorded.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
        <section>
          <h2>Why, and who sees it</h2>
          <ul>
            <li>
              In an exam hall somebody keeps an eye on the room, so that a result means the same for everyone. Here that is
              done through your camera.
            </li>
            <li>Only the proctors of this exam can watch you, and only while you sit it.</li>
          </ul>
        </section>
        <section>
          <h2>Good to know</h2>
          <ul>
            <li>Poor light or a weak camera is never held against you; the page tells you how to be seen better.</li>
            <li>If the connection drops, keep working. It comes back by itself, and it never ends your exam.</li>
          </ul>
        </section>
      </div>
      <p class="begin">
        <button type="button" class="primary" onClick={props.start} disabled={props.opening} data-testid="use-camera">
          <Icon name="camera" />
          {props.opening ? "Starting the camera…" : "Use my camera"}
        </button>
        <span class="hint">Your browser will ask you to allow it.</span>
      </p>
    </section>
  );
}
