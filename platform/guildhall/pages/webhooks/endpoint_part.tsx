import { useState } from "preact/hooks";
import type { Api, Method } from "../shared/api";
import { ConfirmDialog } from "../shared/confirm_dialog";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { useUntilKnown } from "../shared/page_frame";
import { useList, Waiting } from "../shared/reading";
import { sayDay } from "../shared/wording";
import { EndpointForm } from "./endpoint_form";
import { DELIVERY_TONES, DELIVERY_WORDS, type Delivery, type Endpoint, type EventType, type Revealed, STATE_TONES, STATE_WORDS, sayAttempt, sayTypes } from "./told";

interface PartProps {
  readonly api: Api;
  readonly endpoint: Endpoint;
  readonly types: readonly EventType[];
  readonly again: () => void;
  readonly reveal: (revealed: Revealed) => void;
}

/** One endpoint: how it stands, what was sent to it with each try, its secret, and its end. */
export function EndpointPart({ api, endpoint, types, again, reveal }: PartProps) {
  const path = `/v1/webhooks/${encodeURIComponent(endpoint.endpoint_id)}`;
  const log = useList<Delivery>(api, `${path}/deliveries`);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState("");
  const [asking, setAsking] = useState<"roll" | "remove" | null>(null);
  const soonMs = Date.now() + 60_000;
  useUntilKnown(!(log.value ?? []).some((one) => one.state === "waiting" && one.next_at_ms < soonMs), log.again);

  const act = async <T,>(method: Method, under: string, words: string, body?: object): Promise<T | null> => {
    const answer = await api.ask<T>(method, path + under, body);
    setProblem("problem" in answer ? answer.problem : null);
    setTold("problem" in answer ? "" : words);
    if ("problem" in answer) return null;
    log.again();
    again();
    return answer.reply;
  };
  const roll = async (): Promise<void> => {
    const revealed = await act<Revealed>("POST", "/secret", "There is a new secret.");
    if (revealed !== null) reveal(revealed);
  };
  const remove = async (): Promise<void> => {
    const answer = await api.ask("DELETE", path);
    if ("problem" in answer) return setProblem(answer.problem);
    again();
    location.assign("#");
  };
  const failed = (log.value ?? []).filter((one) => one.state === "failed").length;
  return (
    <>
      <p>
        <a href="#">All your webhooks</a>
      </p>
      <h2 class="address">{endpoint.url}</h2>
      <p>
        <span class="badge" data-tone={STATE_TONES[endpoint.state]} data-testid="state">
          {STATE_WORDS[endpoint.state]}
        </span>{" "}
        Told of {sayTypes(endpoint)}
        {endpoint.description === "" ? "." : `: ${endpoint.description}`}
      </p>
      {endpoint.why === "" ? null : <p class="failure">{endpoint.why}</p>}
      {endpoint.state === "active" && endpoint.failing_since_ms > 0 ? <p class="hint">It has been failing since {sayDay(endpoint.failing_since_ms)}. What waits is tried again by itself.</p> : null}
      <Failure problem={problem} />
      <p class={told === "" ? "unseen" : "told"} role="status" data-testid="told">
        {told}
      </p>
      <p class="choices">
        {endpoint.state === "active" ? (
          <button type="button" class="primary" onClick={() => void act("POST", "/test", "A test is on its way.")} data-testid="send-test">
            Send a test
          </button>
        ) : null}
        {endpoint.allowed_actions
          .filter((one) => one.allowed)
          .map((one) => (
            <button key={one.event} type="button" onClick={() => void act("POST", "/actions", one.event === "pause" ? "It is paused: what happens is kept." : "It is on again.", { action: one.event })}>
              {one.event === "pause" ? "Pause" : "Turn on again"}
            </button>
          ))}
        <button type="button" onClick={() => setAsking("roll")} data-testid="roll-secret">
          New secret…
        </button>
        <button type="button" onClick={() => setAsking("remove")}>
          Remove…
        </button>
      </p>
      {endpoint.former_secret_until_ms === 0 ? null : <p class="hint">The secret before this one signs as well until {sayDay(endpoint.former_secret_until_ms)}.</p>}
      <h3>What was sent</h3>
      {endpoint.state === "active" && failed > 0 ? (
        <p>
          <button type="button" onClick={() => void act("POST", "/recovery", "What had failed is on its way again.")}>
            Send again all that has failed
          </button>
        </p>
      ) : null}
      <Waiting read={log} words="Looking what was sent…" />
      {log.value === null ? null : log.value.length === 0 ? (
        <p class="nothing">Nothing yet.</p>
      ) : (
        <ul class="lines" data-testid="deliveries">
          {log.value.map((one) => (
            <DeliveryLine key={one.event_id} one={one} again={endpoint.state === "active" ? () => void act("POST", `/deliveries/${one.event_id}/redelivery`, `${one.type} is on its way again.`) : null} />
          ))}
        </ul>
      )}
      {log.hasMore ? (
        <p>
          <button type="button" onClick={log.more}>
            Show older ones
          </button>
        </p>
      ) : null}
      <details>
        <summary>Another address, or other events</summary>
        <EndpointForm<Endpoint>
          key={`${endpoint.url}/${endpoint.types.join()}`}
          api={api}
          types={types}
          organisations={null}
          endpoint={endpoint}
          act="Save"
          done={() => {
            setTold("It is changed.");
            again();
          }}
        />
      </details>
      {asking === "roll" ? (
        <ConfirmDialog
          title="Make a new secret?"
          act="Make it"
          done={(isMeant) => {
            setAsking(null);
            if (isMeant) void roll();
          }}
        >
          The present one signs beside it for a day, so that you can change it over without a gap.
        </ConfirmDialog>
      ) : null}
      {asking === "remove" ? (
        <ConfirmDialog
          title="Remove this webhook?"
          act="Remove it"
          done={(isMeant) => {
            setAsking(null);
            if (isMeant) void remove();
          }}
        >
          What waits for it is not sent any more, and its log goes with it.
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function DeliveryLine({ one, again }: { one: Delivery; again: (() => void) | null }) {
  const last = one.attempts.at(-1);
  return (
    <li data-testid="delivery" data-state={one.state}>
      <div>
        <strong>{one.type}</strong>
        <span class="since">
          {sayDay(one.made_at_ms)}
          {last === undefined ? "" : `: ${sayAttempt(last)}`}
          {one.attempts.length > 1 ? ` (try ${one.attempts.length})` : ""}
          {one.state === "waiting" && last !== undefined ? `; again at ${sayDay(one.next_at_ms)}` : ""}
        </span>
      </div>
      <span class="badge" data-tone={DELIVERY_TONES[one.state]}>
        {DELIVERY_WORDS[one.state]}
      </span>
      {again === null || one.state === "waiting" ? null : (
        <button type="button" onClick={again}>
          Send again
          <span class="unseen">
            : {one.type}, {sayDay(one.made_at_ms)}
          </span>
        </button>
      )}
    </li>
  );
}
