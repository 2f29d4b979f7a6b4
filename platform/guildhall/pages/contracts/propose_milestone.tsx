import { useState } from "preact/hooks";
import { Entered, Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { RoomProps } from "./room";
import { readMoney } from "./told";

/** One more milestone, which the other side has to accept. */
export function ProposeMilestone({ room }: { room: RoomProps }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (form: HTMLFormElement): Promise<void> => {
    const entered = new Entered(new FormData(form));
    const minor = readMoney(entered.text("amount"), room.contract.currency) ?? 0;
    const failed = await room.ask("POST", `/v1/contracts/${room.contract.contract_id}/milestones`, { title: entered.text("title"), minor }, true);
    setProblem(failed);
    if (failed === null) form.reset();
  };
  return (
    <details>
      <summary>Propose another milestone</summary>
      <form
        class="form hand-in"
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
      >
        <p class="field">
          <label for="milestone-title">What is to be done</label>
          <input id="milestone-title" name="title" required minLength={2} maxLength={120} />
        </p>
        <p class="field">
          <label for="milestone-amount">Its pay ({room.contract.currency})</label>
          <input id="milestone-amount" name="amount" inputMode="decimal" required />
        </p>
        <p class="acts">
          <button type="submit" data-testid="propose-milestone">
            Propose it
          </button>
        </p>
        <Failure problem={problem} />
      </form>
    </details>
  );
}
