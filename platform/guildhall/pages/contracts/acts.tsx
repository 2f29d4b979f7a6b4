import { useState } from "preact/hooks";
import { ConfirmDialog } from "../shared/confirm_dialog";
import { ReasonDialog } from "../shared/reason_dialog";
import { DivideDialog } from "./divide_dialog";
import type { ActionShown } from "./told";

/** How one action is offered: its button, and what is asked before it is done. */
export interface Way {
  readonly words: string;
  /** "own": whoever acts asks by a dialog of its own. */
  readonly asks?: "reason" | "sure" | "division" | "own";
  readonly explains?: string;
  readonly isPrimary?: boolean;
}

export interface Given {
  readonly words?: string;
  readonly agent_minor?: number;
}

interface ActsProps {
  readonly actions: readonly ActionShown[];
  readonly ways: Readonly<Record<string, Way>>;
  readonly about: string;
  readonly whole?: { readonly minor: number; readonly currency: string };
  readonly act: (action: string, given: Given) => void;
}

/** Buttons for what is possible now; what is not yet possible stands below them with the reason. */
export function Acts({ actions, ways, about, whole, act }: ActsProps) {
  const [asking, setAsking] = useState<string | null>(null);
  const known = Object.keys(ways).flatMap((name) => actions.find((one) => one.action === name) ?? []);
  const [open, shut] = [known.filter((one) => one.allowed), known.filter((one) => !one.allowed)];
  const way = asking === null ? undefined : ways[asking];
  const done = (given: Given | null): void => {
    setAsking(null);
    if (given !== null && asking !== null) act(asking, given);
  };
  return (
    <>
      {open.length === 0 ? null : (
        <p class="acts">
          {open.map((one) => {
            const how = ways[one.action] as Way;
            return (
              <button
                key={one.action}
                type="button"
                class={how.isPrimary ? "primary" : undefined}
                data-testid={`act-${one.action}`}
                onClick={() => (how.asks === undefined || how.asks === "own" ? act(one.action, {}) : setAsking(one.action))}
              >
                {how.words}
                {how.asks === undefined ? "" : "…"}
                <span class="unseen"> {about}</span>
              </button>
            );
          })}
        </p>
      )}
      {shut.length === 0 ? null : (
        <details class="not-yet">
          <summary>
            Not possible now<span class="unseen"> for {about}</span>
          </summary>
          <ul>
            {shut.map((one) => (
              <li key={one.action}>
                {(ways[one.action] as Way).words}: {one.reason}.
              </li>
            ))}
          </ul>
        </details>
      )}
      {way?.asks === "reason" ? (
        <ReasonDialog title={way.words} explains={way.explains ?? "The other side reads it."} act={way.words} done={(words) => done(words === null ? null : { words })} />
      ) : null}
      {way?.asks === "sure" ? (
        <ConfirmDialog title={`${way.words}?`} act={way.words} done={(isMeant) => done(isMeant ? {} : null)}>
          {way.explains}
        </ConfirmDialog>
      ) : null}
      {way?.asks === "division" && whole !== undefined ? <DivideDialog title={way.words} explains={way.explains ?? ""} whole={whole} done={done} /> : null}
    </>
  );
}
