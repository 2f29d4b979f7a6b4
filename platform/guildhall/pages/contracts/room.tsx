import { useState } from "preact/hooks";
import type { Api, Method } from "../shared/api";
import { TalkToOtherSide } from "../shared/chat/talk_opener";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { useRead, Waiting } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayDay } from "../shared/wording";
import { Acts } from "./acts";
import { AmendmentPart, changesOf } from "./amendment_part";
import { DisputePart } from "./dispute_part";
import { HoursPart } from "./hours_part";
import { MilestonePart } from "./milestone_part";
import { ProposeMilestone } from "./propose_milestone";
import { ReviewsPart } from "./reviews_part";
import { type Contract, STATE_WORDS, sayActor, toneOf } from "./told";
import { CONTRACT_WAYS } from "./ways";

/** What every part of the room works with. `ask` gives what went wrong, and shows it unless the part `keeps` it. */
export interface RoomProps {
  readonly api: Api;
  readonly contract: Contract;
  readonly ask: (method: Method, path: string, body?: object, keeps?: boolean) => Promise<Problem | null>;
  readonly fail: (problem: Problem | null) => void;
}

/** The room of one contract, the same for both sides: what next, who, until when, and everything that was done. */
export function Room({ api, contractId }: { api: Api; contractId: string }) {
  const read = useRead<Contract>(api, `/v1/contracts/${contractId}`);
  const [problem, setProblem] = useState<Problem | null>(null);
  useLooking(api, ["contracts"], read.again);
  const ask: RoomProps["ask"] = async (method, path, body, keeps) => {
    const answer = await api.ask<Contract>(method, path, body);
    if ("reply" in answer) read.put(answer.reply);
    const failed = "problem" in answer ? answer.problem : null;
    setProblem(keeps ? null : failed);
    return failed;
  };
  return (
    <>
      <p>
        <a href="#">All contracts</a>
      </p>
      <Waiting read={read} words="Opening the contract…" />
      {read.value === null ? null : <Inside room={{ api, contract: read.value, ask, fail: setProblem }} problem={problem} />}
    </>
  );
}

function Inside({ room, problem }: { room: RoomProps; problem: Problem | null }) {
  const { contract } = room;
  const open = contract.disputes.filter((one) => !["closed", "settled", "withdrawn"].includes(one.state));
  const over = contract.disputes.filter((one) => !open.includes(one));
  return (
    <>
      <section class="next" data-actor={contract.next.actor === contract.side ? "agent" : contract.next.actor} aria-labelledby="next" data-testid="next">
        <p class="eyebrow">
          <span id="next">
            {contract.next.actor === "nobody" ? "Nothing to do" : `Next: ${sayActor(contract.next.actor, contract.side)}`}
          </span>
          <span class="badge" data-tone={toneOf(contract.state)} data-testid="state" data-state={contract.state}>
            {STATE_WORDS[contract.state] ?? contract.state}
          </span>
        </p>
        <h2>{contract.title}</h2>
        <p class="since">
          {contract.client} and {contract.agent}
        </p>
        <p class="says">{contract.next.says}</p>
        {contract.next.by_ms === null ? null : (
          <p class="until" data-testid="until">
            Until <strong>{sayDay(contract.next.by_ms)}</strong>; otherwise {contract.next.then}.
          </p>
        )}
        {contract.is_paid_outside ? (
          <p class="told" data-testid="paid-outside">
            Paid outside: this house holds and moves no money for this contract. Amounts say what you agreed on; you pay each other yourselves.
          </p>
        ) : null}
        {contract.termination_reason === null ? null : <p class="asked">Proposed to be ended: {contract.termination_reason}</p>}
        <Acts
          actions={contract.allowed_actions}
          ways={CONTRACT_WAYS}
          about={contract.title}
          act={(action, given) => void room.ask("POST", `/v1/contracts/${contract.contract_id}/actions`, { action, words: given.words ?? "" })}
        />
        <Failure problem={problem} />
        {contract.side === "staff" ? null : (
          <TalkToOtherSide api={room.api} path={`/v1/contracts/${contract.contract_id}/conversation`} name={contract.side === "agent" ? contract.client : contract.agent} about={contract.title} />
        )}
      </section>
      {open.length === 0 ? null : (
        <section aria-labelledby="disputes">
          <h2 id="disputes">Disputes</h2>
          <ul class="steps">
            {open.map((one) => (
              <DisputePart key={one.dispute_id} room={room} dispute={one} />
            ))}
          </ul>
        </section>
      )}
      <AmendmentPart room={room} />
      {contract.kind === "hourly" ? <HoursPart room={room} /> : <Milestones room={room} />}
      {contract.reviews.until_ms === null && contract.reviews.readable.length === 0 ? null : <ReviewsPart room={room} />}
      {over.length === 0 ? null : (
        <details>
          <summary>Disputes that are over</summary>
          <ul class="steps">
            {over.map((one) => (
              <DisputePart key={one.dispute_id} room={room} dispute={one} />
            ))}
          </ul>
        </details>
      )}
      <Terms contract={contract} />
    </>
  );
}

function Milestones({ room }: { room: RoomProps }) {
  const { contract } = room;
  return (
    <section aria-labelledby="milestones">
      <h2 id="milestones">Milestones</h2>
      <ol class="steps">
        {contract.milestone_list.map((one) => (
          <MilestonePart key={one.key} room={room} milestone={one} />
        ))}
      </ol>
      {contract.side !== "staff" && ["active", "paused"].includes(contract.state) ? <ProposeMilestone room={room} /> : null}
    </section>
  );
}

function Terms({ contract }: { contract: Contract }) {
  return (
    <>
      <details>
        <summary>What was agreed on</summary>
        {contract.work.scope === "" ? null : <p class="written">{contract.work.scope}</p>}
        <ul class="past">
          <li>{contract.work.review_days} days to look at what was handed in</li>
          <li>{contract.work.notice_days} days of notice</li>
          <li>
            Fingerprint of the terms{contract.terms_version === 1 ? "" : `, version ${contract.terms_version}`}: <span class="print">{contract.terms_sha256.slice(0, 16)}</span>
          </li>
        </ul>
        {contract.terms_before.map((one, place) => (
          <div key={one.version}>
            <p class="hint">
              Version {one.version}, until {sayDay(one.until_ms)}: <span class="print">{one.terms_sha256.slice(0, 16)}</span>. Then:
            </p>
            <ul class="past">
              {changesOf(one.work, contract.terms_before[place + 1]?.work ?? contract.work, contract.currency).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </div>
        ))}
      </details>
      {contract.history.length === 0 ? null : (
        <details>
          <summary>What happened so far</summary>
          <ul class="past" data-testid="history">
            {contract.history.map((one, place) => (
              <li key={`${one.at_ms}/${place}`}>
                <span class="since">{sayDay(one.at_ms)}</span> {sayActor(one.actor, contract.side)}: {one.event.replace(/^[a-z]+\./, "").replaceAll("_", " ")}
                {one.about === "" ? "" : ` (${contract.milestone_list.find((milestone) => milestone.key === one.about)?.title ?? one.about})`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
