import { useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { saveBlob } from "../shared/save_file";
import { sayDay } from "../shared/wording";
import { Acts } from "./acts";
import { PayPart } from "./pay_part";
import type { RoomProps } from "./room";
import { type Deliverable, type Milestone, STATE_WORDS, sayActor, sayBytes, sayDivision, sayLeft, sayMoney, toneOf, type WorkFile } from "./told";
import { MILESTONE_WAYS } from "./ways";

/** One milestone: how it stands, what was handed in and asked for, and what one may do about it. */
export function MilestonePart({ room, milestone }: { room: RoomProps; milestone: Milestone }) {
  const { contract } = room;
  const at = `/v1/contracts/${contract.contract_id}/milestones/${milestone.key}`;
  const submit = milestone.allowed_actions.find((one) => one.action === "submit");
  const isDisputable = milestone.allowed_actions.some((one) => one.action === "dispute");
  return (
    <li id={milestone.key} data-testid="milestone" data-key={milestone.key} data-state={milestone.state}>
      <div class="head">
        <div>
          <h3>{milestone.title}</h3>
          <p class="since">{sayMoney(milestone.minor, contract.currency)}</p>
        </div>
        <span class="badge" data-tone={toneOf(milestone.state)}>
          {STATE_WORDS[milestone.state] ?? milestone.state}
        </span>
      </div>
      {milestone.next.says === "" ? null : (
        <p class="step">
          Next, {sayActor(milestone.next.actor, contract.side)}: {milestone.next.says}
        </p>
      )}
      {milestone.auto_at_ms === null ? null : (
        <p class="since" data-testid="clock">
          Without an answer it counts as approved on <strong>{sayDay(milestone.auto_at_ms)}</strong>.
        </p>
      )}
      {milestone.clock_left_ms === null ? null : <p class="since">The clock of its approval stands still, with {sayLeft(milestone.clock_left_ms)} left.</p>}
      {milestone.division === null ? null : <p class="since">{sayDivision(milestone.division, contract.currency)}.</p>}
      <PayPart room={room} milestone={milestone} />
      {milestone.deliverables.length === 0 ? null : <Versions room={room} milestone={milestone} />}
      {submit?.allowed ? <HandIn room={room} at={at} milestone={milestone} /> : null}
      <Acts
        actions={milestone.allowed_actions}
        ways={MILESTONE_WAYS}
        about={milestone.title}
        whole={{ minor: milestone.minor, currency: contract.currency }}
        act={(action, given) => {
          if (action === "dispute" && isDisputable) {
            void room.ask("POST", `/v1/contracts/${contract.contract_id}/disputes`, { milestone: milestone.key, agent_minor: given.agent_minor, reason: given.words });
          } else void room.ask("POST", `${at}/actions`, { action, words: given.words ?? "" });
        }}
      />
    </li>
  );
}

function Versions({ room, milestone }: { room: RoomProps; milestone: Milestone }) {
  return (
    <ol class="versions">
      {milestone.deliverables.map((one) => (
        <Version key={one.version} room={room} version={one} asked={milestone.requests.filter((request) => request.version === one.version)} />
      ))}
    </ol>
  );
}

function Version({ room, version, asked }: { room: RoomProps; version: Deliverable; asked: Milestone["requests"] }) {
  const keep = async (file: WorkFile): Promise<void> => {
    const answer = await room.api.askBlob(`/v1/contracts/${room.contract.contract_id}/files/${file.sha256}`);
    if ("reply" in answer) saveBlob(file.name, answer.reply);
    else room.fail(answer.problem);
  };
  return (
    <li data-testid="version">
      <p>
        <strong>Version {version.version}</strong> <span class="since">{sayDay(version.at_ms)}</span>
      </p>
      {version.note === "" ? null : <p class="written">{version.note}</p>}
      <ul class="files">
        {version.files.map((file) => (
          <li key={file.sha256}>
            <button type="button" class="as-link" onClick={() => void keep(file)}>
              {file.name}
            </button>{" "}
            <span class="since">{sayBytes(file.size_bytes)}</span>
          </li>
        ))}
      </ul>
      <p class="since print" title="SHA-256 of this version, with that of the version before">
        {version.sha256.slice(0, 16)}
      </p>
      {asked.map((request) => (
        <div key={request.at_ms} class="asked">
          <p class="since">Changes asked for, {sayDay(request.at_ms)}</p>
          <p class="written">{request.words}</p>
        </div>
      ))}
    </li>
  );
}

/** Files put up one by one, and a note: together they become a version that never changes. */
function HandIn({ room, at, milestone }: { room: RoomProps; at: string; milestone: Milestone }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [note, setNote] = useState("");
  const send = async (method: "POST" | "DELETE", path: string, body?: object): Promise<boolean> => {
    setBusy(true);
    const failed = await room.ask(method, path, body, true);
    setBusy(false);
    setProblem(failed);
    return failed === null;
  };
  const field = `${milestone.key}-note`;
  return (
    <form
      class="form hand-in"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send("POST", `${at}/actions`, { action: "submit", words: note.trim() }).then((isDone) => isDone && setNote(""));
      }}
    >
      <ul class="files">
        {milestone.draft.map((file) => (
          <li key={file.sha256} data-testid="draft-file">
            {file.name} <span class="since">{sayBytes(file.size_bytes)}</span>{" "}
            <button type="button" class="quiet" onClick={() => void send("DELETE", `${at}/files/${file.sha256}`)}>
              Take back<span class="unseen"> {file.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="field">
        <label for={`${milestone.key}-file`}>{milestone.draft.length === 0 ? "A file" : "Another file"}</label>
        <input
          id={`${milestone.key}-file`}
          type="file"
          disabled={busy}
          onInput={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file !== undefined) void send("POST", `${at}/files?${new URLSearchParams({ name: file.name })}`, file);
          }}
        />
      </p>
      <p class="field">
        <label for={field}>A note</label>
        <textarea id={field} rows={3} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </p>
      <p class="acts">
        <button type="submit" class="primary" aria-disabled={busy} data-testid="hand-in">
          {busy ? "One moment…" : "Hand it in"}
          <span class="unseen"> {milestone.title}</span>
        </button>
      </p>
      <Failure problem={problem} />
    </form>
  );
}
