import { useState } from "preact/hooks";
import { sayDay } from "../shared/wording";
import { DivideDialog } from "./divide_dialog";
import { sayHours, sayMoney, type Week } from "./told";

interface DisputeHoursProps {
  readonly week: Week;
  readonly currency: string;
  readonly done: (wanted: { readonly entries: readonly string[]; readonly agent_minor: number; readonly reason: string } | null) => void;
}

/** Which hours of a week are disputed, and how their pay should be divided. All are chosen at first. */
export function DisputeHours({ week, currency, done }: DisputeHoursProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = week.entries.filter((one) => !left.has(one.entry_id));
  const others = week.minutes - chosen.reduce((sum, one) => sum + one.minutes, 0);
  // As the server counts: of the whole less that of the others, so that no rounding loses a cent.
  const minor = week.minor - Math.floor((others * week.rate_minor) / 60);
  const toggle = (id: string): void => {
    const now = new Set(left);
    if (!now.delete(id)) now.add(id);
    setLeft(now);
  };
  return (
    <DivideDialog
      title="Dispute these hours"
      explains="Their pay stands still, and what you do not choose is approved by this. The agent is asked first; this house decides only where you cannot agree."
      whole={{ minor: chosen.length === 0 ? 0 : minor, currency }}
      done={(given) => done(given === null ? null : { entries: chosen.map((one) => one.entry_id), agent_minor: given.agent_minor ?? 0, reason: given.words ?? "" })}
    >
      <fieldset>
        <legend>Which hours</legend>
        {week.entries.map((one) => (
          <p key={one.entry_id} class="choice">
            <input id={`disputed.${one.entry_id}`} type="checkbox" checked={!left.has(one.entry_id)} onChange={() => toggle(one.entry_id)} />
            <label for={`disputed.${one.entry_id}`}>
              {sayDay(one.started_at_ms)}, {sayHours(one.minutes)}: {one.memo}
            </label>
          </p>
        ))}
        <p class="hint" role="status">
          {chosen.length === 0 ? "Choose at least one." : `${sayMoney(minor, currency)} of ${sayMoney(week.minor, currency)}.`}
        </p>
      </fieldset>
    </DivideDialog>
  );
}
