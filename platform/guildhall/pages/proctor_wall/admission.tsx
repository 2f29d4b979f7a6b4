import { useEffect, useState } from "preact/hooks";
import type { Arrival, Waiting } from "../shared/admission";
import { sayClock } from "../shared/wording";
import { AskForRoom, Photographs } from "./photographs";
import type { Wall } from "./wall";

/** Who waits to be let in, with what is known of them, and the answer. Nothing is drawn before anybody has waited. */
export function Admission({ wall }: { wall: Wall }) {
  const [told, setTold] = useState<Waiting | null>(null);
  const [said, setSaid] = useState("");
  const look = async (): Promise<void> => {
    const answer = await wall.line.ask<Waiting>("waiting", {});
    if ("reply" in answer) setTold(answer.reply);
  };
  const decided = (words: string): void => {
    setSaid(words);
    void look();
  };
  useEffect(() => {
    // The server hints at each change; after a reconnect hints may have gone unheard.
    const hear = (): void => void look();
    wall.line.socket.on("arrivals", hear);
    if (wall.line.state === "connected") hear();
    return () => {
      wall.line.socket.off("arrivals", hear);
    };
  }, [wall.line.state]);
  if (told === null || (told.arrivals.length === 0 && said === "")) return null;
  return (
    <section class="admission" aria-labelledby="admission-title" data-testid="admission">
      <h2 id="admission-title">Waiting to be let in: {told.arrivals.length === 0 ? "nobody" : told.arrivals.length}</h2>
      <p role="status" data-testid="admission-said">
        {said}
      </p>
      <ul>
        {told.arrivals.map((arrival) => (
          <Line key={arrival.session_id} wall={wall} arrival={arrival} refusals={told.refusals} done={decided} />
        ))}
      </ul>
    </section>
  );
}

function Line(props: { wall: Wall; arrival: Arrival; refusals: Waiting["refusals"]; done: (words: string) => void }) {
  const { wall, arrival } = props;
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const decide = async (outcome: "admitted" | "refused"): Promise<void> => {
    const body = { session_id: arrival.session_id, outcome, reason: outcome === "refused" ? reason : null, note: outcome === "refused" ? note : "" };
    const answer = await wall.line.ask("decide_admission", body);
    setFailure("problem" in answer ? answer.problem.detail : null);
    if ("problem" in answer) return props.done("");
    const words = props.refusals.find(([value]) => value === reason)?.[1] ?? "";
    const name = arrival.candidate_name;
    props.done(
      outcome === "admitted"
        ? `${name} is let in.`
        : `${name} was sent back and reads why: ${words} They are listed here again once they ask again.`,
    );
  };
  const id = `refusal-${arrival.session_id}`;
  return (
    <li data-testid="arrival" data-session-id={arrival.session_id}>
      <p>
        <strong>{arrival.candidate_name}</strong>
        {arrival.asked_at_ms === null ? "" : `, since ${sayClock(arrival.asked_at_ms)}`}
      </p>
      {arrival.failed_checks.map((each) => (
        <p key={each.name}>
          {each.title}: {each.measured}
        </p>
      ))}
      {arrival.declined.length === 0 ? null : <p>Declined: {arrival.declined.join("; ")}.</p>}
      <Photographs wall={wall} sessionId={arrival.session_id} name={arrival.candidate_name} photos={arrival.photos} />
      {arrival.allows_scan ? (
        <AskForRoom wall={wall} sessionId={arrival.session_id} name={arrival.candidate_name} isOpen={arrival.scan_open} />
      ) : null}
      <p class="answer">
        <button type="button" class="primary" onClick={() => void decide("admitted")} data-testid="admit">
          Let in<span class="unseen"> {arrival.candidate_name}</span>
        </button>
        <label for={id} class="unseen">
          Why {arrival.candidate_name} is sent back
        </label>
        <select id={id} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-testid="refusal-reason">
          <option value="">Send back because…</option>
          {props.refusals.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <input
          value={note}
          maxLength={300}
          onInput={(event) => setNote(event.currentTarget.value)}
          aria-label={`What else to tell ${arrival.candidate_name}`}
          placeholder="What else they should know"
        />
        <button type="button" aria-disabled={reason === ""} onClick={() => reason !== "" && void decide("refused")} data-testid="send-back">
          Send back
        </button>
      </p>
      {failure === null ? null : <p role="alert">{failure}</p>}
    </li>
  );
}
