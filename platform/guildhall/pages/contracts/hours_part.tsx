import { useState } from "preact/hooks";
import { Entered, Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { sayDay } from "../shared/wording";
import { Acts } from "./acts";
import { DisputeHours } from "./dispute_hours";
import { DisputePart } from "./dispute_part";
import type { RoomProps } from "./room";
import { type Contract, STATE_WORDS, sayHours, sayMoney, toneOf, type Week } from "./told";
import { WEEK_WAYS } from "./ways";

/** Hours by week: logged by the agent, looked at by the client. */
export function HoursPart({ room }: { room: RoomProps }) {
  const { contract } = room;
  return (
    <section aria-labelledby="hours">
      <h2 id="hours">Hours</h2>
      <p class="since">
        {sayMoney(contract.work.rate_minor, contract.currency)} an hour, up to {sayHours(contract.work.weekly_cap_minutes)} a week, in weeks of {contract.work.time_zone}.
      </p>
      <WeeklyPay contract={contract} />
      {contract.side === "agent" && contract.state === "active" ? <LogForm room={room} /> : null}
      {contract.weeks.length === 0 ? <p class="nothing">No hours are logged yet.</p> : null}
      <ul class="steps">
        {contract.weeks.map((week) => (
          <WeekPart key={week.monday} room={room} week={week} />
        ))}
      </ul>
    </section>
  );
}

/** What is held each week, and where it is missing, the same for both sides; whoever keeps the money goes to pay in. */
function WeeklyPay({ contract }: { contract: Contract }) {
  if (contract.is_paid_outside || !["pending_funding", "beginning", "active"].includes(contract.state)) return null;
  const isWanted = contract.state === "pending_funding" || contract.refusal !== "";
  const missing = contract.week_minor - (contract.paid_in_minor ?? contract.week_minor);
  return (
    <div class="pay" data-testid="weekly-pay">
      <p class="since">
        {sayMoney(contract.week_minor, contract.currency)}, the most that a week can come to, is held by this house before any hour of it is logged. What is not worked goes back to the client.
      </p>
      {contract.refusal === "" ? null : (
        <p class="asked" data-testid="refusal">
          {contract.refusal}
        </p>
      )}
      {isWanted && missing > 0 ? (
        <p class="acts">
          <a class="button" href={`/money#${contract.organisation_id}`} data-testid="pay-in-first">
            Pay in: {sayMoney(missing, contract.currency)} is missing
          </a>
        </p>
      ) : null}
    </div>
  );
}

function LogForm({ room }: { room: RoomProps }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (form: HTMLFormElement): Promise<void> => {
    const entered = new Entered(new FormData(form));
    const started = new Date(`${entered.text("day")}T${entered.text("from")}`).getTime();
    const minutes = Math.round((new Date(`${entered.text("day")}T${entered.text("until")}`).getTime() - started) / 60_000);
    if (!(minutes > 0)) return setProblem({ type: "invalid", title: "The hours are not in order", status: 422, detail: "They end before they begin: log what lies after midnight as the next day." });
    const failed = await room.ask("POST", `/v1/contracts/${room.contract.contract_id}/hours`, { started_at_ms: started, minutes, memo: entered.text("memo") }, true);
    setProblem(failed);
    if (failed === null) form.reset();
  };
  return (
    <form
      class="form hand-in"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      <div class="row">
        <p class="field">
          <label for="day">Day</label>
          <input id="day" name="day" type="date" required />
        </p>
        <p class="field">
          <label for="from">From</label>
          <input id="from" name="from" type="time" required />
        </p>
        <p class="field">
          <label for="until">Until</label>
          <input id="until" name="until" type="time" required />
        </p>
      </div>
      <p class="field">
        <label for="memo">What was done</label>
        <input id="memo" name="memo" required minLength={3} maxLength={500} />
      </p>
      <p class="acts">
        <button type="submit" class="primary" data-testid="log-hours">
          Log these hours
        </button>
      </p>
      <Failure problem={problem} />
    </form>
  );
}

/** What is held for a week; why nothing is stands above where it is the week that work goes on in. */
function sayCover(week: Week, contract: Contract): string {
  if (week.dispute !== null) {
    if (week.is_parted) return "The pay of what is disputed is held by this house, and stands still.";
    return week.refusal === "" ? "What is not disputed is being paid." : `Nothing is held for it. ${week.refusal} It is tried again each minute.`;
  }
  if (week.is_covered) return `${sayMoney(week.cap_minor, contract.currency)} is held for it by this house.`;
  if (week.refusal === "") return "Its pay is being held.";
  const why = week.refusal === contract.refusal ? "" : ` ${week.refusal}`;
  const again = ["active", "ending"].includes(contract.state) ? " It is tried again each minute." : "";
  return `Nothing is held for it, so no hours can be logged.${why}${again}`;
}

function WeekPart({ room, week }: { room: RoomProps; week: Week }) {
  const { contract } = room;
  const at = `/v1/contracts/${contract.contract_id}/weeks/${week.monday}`;
  const [isDisputing, setDisputing] = useState(false);
  const isDisputed = (entry: string): boolean => week.dispute?.entries.includes(entry) ?? false;
  const isOpen = week.allowed_actions.some((one) => one.action === "drop" && one.allowed);
  return (
    <li data-testid="week" data-state={week.state}>
      <div class="head">
        <div>
          <h3>Week of {week.monday}</h3>
          <p class="since">
            {sayHours(week.minutes)} of {sayHours(week.cap_minutes)}, {sayMoney(week.minor, contract.currency)}
          </p>
        </div>
        <span class="badge" data-tone={toneOf(week.state)}>
          {STATE_WORDS[week.state] ?? week.state}
        </span>
      </div>
      {contract.is_paid_outside || contract.state === "pending_funding" || week.state === "paid" || week.state === "void" ? null : (
        <p class="since" data-testid="cover">
          {sayCover(week, contract)}
        </p>
      )}
      {week.auto_at_ms === null ? null : (
        <p class="since">
          Without an answer it counts as approved on <strong>{sayDay(week.auto_at_ms)}</strong>.
        </p>
      )}
      <ul class="files">
        {week.entries.map((one) => (
          <li key={one.entry_id}>
            {sayDay(one.started_at_ms)}, {sayHours(one.minutes)}: {one.memo} {isDisputed(one.entry_id) ? <span class="badge" data-tone="alarm">Disputed</span> : null}
            {isOpen ? (
              <button type="button" class="quiet" onClick={() => void room.ask("DELETE", `${at}/entries/${one.entry_id}`)}>
                Take back<span class="unseen"> {one.memo}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {week.queries.map((words) => (
        <p key={words} class="asked written">
          {words}
        </p>
      ))}
      {week.dispute === null ? null : (
        <>
          <p class="since" data-testid="undisputed">
            {week.state === "paid" ? `Of all of it the agent has ${sayMoney(week.agent_minor, contract.currency)}.` : `What is not disputed, ${sayMoney(week.undisputed_minor, contract.currency)}, is approved.`}
          </p>
          <ul class="steps">
            <DisputePart room={room} dispute={week.dispute} monday={week.monday} />
          </ul>
        </>
      )}
      <Acts
        actions={week.allowed_actions}
        ways={WEEK_WAYS}
        about={`of ${week.monday}`}
        act={(action, given) => {
          if (action === "dispute") setDisputing(true);
          else void room.ask("POST", `${at}/actions`, { action, words: given.words ?? "" });
        }}
      />
      {isDisputing ? (
        <DisputeHours
          week={week}
          currency={contract.currency}
          done={(wanted) => {
            setDisputing(false);
            if (wanted !== null) void room.ask("POST", `${at}/dispute`, wanted);
          }}
        />
      ) : null}
    </li>
  );
}
