import { useState } from "preact/hooks";
import { useRead, Waiting } from "../shared/reading";
import { sayCount, sayDay } from "../shared/wording";
import type { ChangeShown } from "./authored";
import type { Desk } from "./desk";

const VERBS: Readonly<Record<string, string>> = {
  create: "made it",
  edit: "changed the draft",
  publish: "published it",
  retire: "retired it",
  revive: "took it back into use",
  cancel: "cancelled it",
  correct_key: "corrected the key",
  assign_proctor: "assigned a proctor",
  withdraw_proctor: "took a proctor off",
  take_roster: "invited a list of people",
  put_up_picture: "put a picture up",
};

/** Who changed it, what and when, out of the audit log; read when it is opened. `rev` makes it read again. */
export function Changes({ desk, path, rev }: { desk: Desk; path: string; rev: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="panel" data-testid="changes" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Who changed what</summary>
      {isOpen ? <Listed key={rev} desk={desk} path={path} /> : null}
    </details>
  );
}

function Listed({ desk, path }: { desk: Desk; path: string }) {
  const read = useRead<{ items: readonly ChangeShown[]; is_cut: boolean }>(desk, `${path}/changes`);
  const shown = read.value;
  return (
    <>
      <Waiting read={read} />
      {shown === null ? null : (
        <>
          <p class="hint">
            From the audit log: each entry carries the hash of the one before, so none can be changed or left out unnoticed. Its number
            and the beginning of its hash stand behind it.
          </p>
          <ol class="history">
            {shown.items.map((change) => (
              <li key={change.number} data-testid="change" data-action={change.action}>
                {sayDay(change.at_ms)}: {sayWho(change)} {sayWhat(change)}{" "}
                <span class="hint">
                  #{change.number} <code>{change.hash.slice(0, 8)}</code>
                </span>
              </li>
            ))}
          </ol>
          {shown.is_cut ? <p class="hint">The newest {sayCount(shown.items.length, "entry is", "entries are")} shown.</p> : null}
        </>
      )}
    </>
  );
}

function sayWho({ by, by_name }: ChangeShown): string {
  if (by_name !== "") return by_name;
  return by.startsWith("system:") ? "The platform" : "Somebody who has left";
}

/** The action without its noun where that is what the page is about: `publish_item` was publishing. */
function sayWhat({ action, details }: ChangeShown): string {
  const verb = VERBS[action] ?? VERBS[action.replace(/_(bank|item|exam|delivery)$/, "")] ?? action.replaceAll("_", " ");
  const { version, reason, correction } = details;
  if (typeof version === "string") return `${verb} as version ${version.split("@").at(-1)}.`;
  if (typeof reason === "string") return `${verb}: ${reason}`;
  return typeof correction === "number" ? `${verb} (correction ${correction}).` : `${verb}.`;
}
