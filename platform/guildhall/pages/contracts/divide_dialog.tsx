import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useModal } from "../shared/use_modal";
import type { Given } from "./acts";
import { majorOf, readMoney, sayMoney } from "./told";

interface DivideProps {
  readonly title: string;
  readonly explains: string;
  readonly whole: { readonly minor: number; readonly currency: string };
  /** What is chosen before it is divided, such as hours. */
  readonly children?: ComponentChildren;
  readonly done: (given: Given | null) => void;
}

/** How pay should be divided, and why. What goes to one side and what is left for the other stand together. */
export function DivideDialog({ title, explains, whole, children, done }: DivideProps) {
  const dialog = useModal();
  const [typed, setTyped] = useState(majorOf(whole.minor, whole.currency));
  const agent = readMoney(typed, whole.currency);
  const isRight = agent !== null && agent <= whole.minor && whole.minor > 0;
  return (
    <dialog ref={dialog} aria-labelledby="divide-title" onClose={() => done(null)} data-testid="divide-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight) done({ agent_minor: agent, words: String(new FormData(event.currentTarget).get("reason")).trim() });
        }}
      >
        <h2 id="divide-title">{title}</h2>
        {explains === "" ? null : <p>{explains}</p>}
        {children}
        <p class="field">
          <label for="agent-part">For the agent ({whole.currency})</label>
          <input id="agent-part" inputMode="decimal" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} aria-invalid={!isRight} aria-describedby="divided" required />
          <span class={isRight ? "hint" : "wrong"} id="divided" role="status">
            {isRight ? `${sayMoney(agent, whole.currency)} for the agent, ${sayMoney(whole.minor - agent, whole.currency)} back to the client.` : `An amount from 0 to ${sayMoney(whole.minor, whole.currency)}.`}
          </span>
        </p>
        <p class="field">
          <label for="reason">Why</label>
          <textarea id="reason" name="reason" rows={3} required minLength={3} maxLength={2000} />
        </p>
        <p class="choices">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class="primary" data-testid="divide">
            {title}
          </button>
        </p>
      </form>
    </dialog>
  );
}
