import { focusOnce } from "../shared/focus";
import { Icon } from "../shared/icons";
import type { CheckInTold, Verdict } from "../shared/messages";
import { arrowOf, type CheckInAction } from "./check_in";
import { useModal } from "../shared/use_modal";

const NOT_CHECKED = "Your picture is not being checked right now. You can wait, or stop the check-in.";

/** One step at a time over the whole window, because the dots mark its corners. The server says when it is done. */
export function CheckInRun(props: {
  told: CheckInTold;
  verdict: Verdict | null;
  connected: boolean;
  act: (action: CheckInAction) => void;
}) {
  const { told, verdict, act } = props;
  const dialog = useModal();
  const [x, y] = told.target ?? [0.5, 0.5];
  const arrow = arrowOf(told.step);
  return (
    <dialog
      ref={dialog}
      class="check-in"
      aria-labelledby="check-in-asked"
      data-testid="check-in-run"
      data-step={told.step ?? ""}
      onCancel={(event) => {
        event.preventDefault();
        act("skip");
      }}
    >
      <span class="dot" style={{ left: `${x * 100}%`, top: `${y * 100}%`, "--done": told.progress }} aria-hidden="true">
        {arrow === null ? null : (
          <span class="way" data-way={arrow}>
            <Icon name="arrow" />
          </span>
        )}
      </span>
      <div class="asked">
        <p class="eyebrow">
          Step {told.place + 1} of {told.steps}
        </p>
        <h2 id="check-in-asked" tabIndex={-1} ref={focusOnce} aria-live="assertive">
          {told.instruction}
        </h2>
        <p class="hint" role="status">
          {sayHint(told, verdict, props.connected)}
        </p>
        <p class="choices">
          <button type="button" onClick={() => act("next_step")} data-testid="check-in-next">
            Skip this step
          </button>
          <button type="button" onClick={() => act("skip")} data-testid="check-in-stop">
            Stop the check-in
          </button>
        </p>
      </div>
    </dialog>
  );
}

function sayHint(told: CheckInTold, verdict: Verdict | null, connected: boolean): string {
  if (!connected) return "The connection is lost. It comes back by itself, and this step begins anew.";
  if (verdict?.verdict === "unexamined") return NOT_CHECKED;
  return told.hint ?? verdict?.coaching?.text ?? "";
}
