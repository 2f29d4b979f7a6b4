import { Icon } from "../../shared/icons";
import { useNow } from "../../shared/use_now";
import type { ExamDesk } from "./desk";
import { LAST_MINUTES_MS, sayCountdown } from "./timing";

/** The time left by the server's clock. It can be hidden, and comes back for the last minutes; 15, 5 and 1 are said. */
export function Timer(props: { desk: ExamDesk; isHidden: boolean; hide: (hidden: boolean) => void }) {
  useNow(500);
  const { desk } = props;
  const left = desk.leftMs;
  const isLast = left <= LAST_MINUTES_MS;
  const isHidden = props.isHidden && !isLast;
  return (
    <span class="timer" data-testid="timer" data-left-ms={left} data-last={isLast}>
      <Icon name={desk.attempt?.clock.is_running === false ? "pause" : "time"} />
      {isHidden ? (
        <span>Time hidden</span>
      ) : (
        <span role="timer" aria-live="off">
          <span class="unseen">Time left: </span>
          <strong>{sayCountdown(left)}</strong>
          {desk.attempt?.clock.is_running === false ? " (stands)" : ""}
        </span>
      )}
      {isLast ? null : (
        <button type="button" class="small" aria-pressed={props.isHidden} onClick={() => props.hide(!props.isHidden)}>
          {isHidden ? "Show" : "Hide"}
          <span class="unseen"> the time left</span>
        </button>
      )}
    </span>
  );
}
