import { useLayoutEffect, useState } from "preact/hooks";
import type { Action, ActionKind } from "../shared/acting";
import type { Card } from "../shared/messages";
import { useNow } from "../shared/use_now";
import { ActionForm } from "./action_form";
import { attendanceOf, offerOf, whyNot } from "./attendance";
import { commandOf, isTyping, KEYS, type Command } from "./keys";
import { ACT_WORDS } from "./timeline";
import { useAttending } from "./use_attending";
import { useSending } from "./writing";
import type { Wall } from "./wall";

const REASONED: readonly ActionKind[] = ["warn", "pause", "resume", "extend", "room_scan", "terminate"];
const FIELDS: Partial<Record<Command, string>> = { message: "write-message", note: "write-note" };

/** What a proctor does about one candidate: attend, ask for actions, agree to an ending, lower a hand. Keyed by session. */
export function CasePanel(props: { wall: Wall; card: Card; keysOn: boolean }) {
  const { wall, card } = props;
  const { floor } = wall;
  const id = card.session_id;
  const told = floor.cases.get(id);
  const [form, setForm] = useState<ActionKind | null>(null);
  const [said, setSaid] = useState("");
  const { failure, send } = useSending();
  const attendance = attendanceOf(told, floor.me, wall.clock.at(useNow(1000)));
  useAttending(wall, id, attendance.isMine);

  const attend = async (action: "attend" | "leave" | "escalate"): Promise<void> => setSaid((await floor.attend(id, action)) ?? "");
  const lower = (): void => void send({ session_id: id }, (body) => floor.send("lower_hand", body));
  const open = (kind: ActionKind): void => {
    const why = whyNot(told, attendance, floor.me, kind);
    setSaid(why ?? "");
    if (why === null) setForm(kind);
  };
  const obey = (command: Command): void => {
    const field = FIELDS[command];
    if (field !== undefined) document.getElementById(field)?.focus();
    else if (REASONED.includes(command as ActionKind)) open(command as ActionKind);
    else if (command === "attend" && attendance.other !== "") setSaid(attendance.words);
    else if (command === "attend") void attend(attendance.isMine ? "leave" : "attend");
    else if (command === "help" && attendance.isMine) void attend("escalate");
    else if (command === "lower_hand" && told?.hand_raised_at_ms != null) lower();
  };
  // Before the next paint: a key pressed just after a view closed was still taken for that view's.
  useLayoutEffect(() => {
    if (!props.keysOn) return;
    const press = (event: KeyboardEvent): void => {
      const command = commandOf(event, "candidate", isTyping(event.target), true);
      if (command === null) return;
      obey(command);
      if (command !== "previous" && command !== "next" && command !== "keys") event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });

  const reasons = new Set(REASONED.map((kind) => whyNot(told, attendance, floor.me, kind)).filter((why) => why !== null && why !== attendance.words));
  const proposals = told?.open.filter((action) => action.state === "proposed") ?? [];
  return (
    <section class="case" aria-label={`Act on ${card.candidate_name}`} data-testid="case">
      <p class="attendance" data-testid="attendance" data-supervision={told?.supervision ?? "unassigned"} data-mine={attendance.isMine}>
        <span>{attendance.words}</span>
        {attendance.canTake ? (
          <button type="button" onClick={() => void attend("attend")} data-testid="attend">
            {told?.supervision === "escalated" || told?.supervision === "attending" ? "Take over" : "Attend"}
          </button>
        ) : null}
        {attendance.isMine ? (
          <>
            <button type="button" onClick={() => void attend("leave")} data-testid="leave">
              Leave
            </button>
            <button type="button" onClick={() => void attend("escalate")} data-testid="ask-help">
              Ask for help
            </button>
          </>
        ) : null}
      </p>
      {told?.hand_raised_at_ms == null ? null : (
        <p class="attendance" data-testid="hand">
          <span>{card.candidate_name} raises a hand.</span>
          <button type="button" onClick={lower} aria-disabled={floor.me === ""} data-testid="lower-hand">
            Lower the hand
          </button>
        </p>
      )}
      {proposals.map((action) => (
        <Proposal key={action.id} wall={wall} card={card} action={action} />
      ))}
      <div class="actions" role="group" aria-label="Actions">
        {REASONED.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-disabled={whyNot(told, attendance, floor.me, kind) !== null}
            aria-expanded={form === kind}
            title={whyNot(told, attendance, floor.me, kind) ?? `Key ${KEYS.find((key) => key.command === kind)?.shown ?? ""}`}
            onClick={() => (form === kind ? setForm(null) : open(kind))}
            data-testid={`act-${kind}`}
          >
            {ACT_WORDS[kind]}
          </button>
        ))}
      </div>
      {[...reasons].map((why) => (
        <p key={why} class="hint" data-testid="why-not">
          {why}
        </p>
      ))}
      {form === null ? null : (
        <ActionForm
          key={form}
          wall={wall}
          sessionId={id}
          name={card.candidate_name}
          kind={form}
          done={(words) => {
            setForm(null);
            setSaid(words ?? "");
          }}
        />
      )}
      <p role="status" class="said" data-testid="case-said">
        {failure || said}
      </p>
    </section>
  );
}

/** An ending that waits for a second person. Whoever proposed it may only take it back. */
function Proposal({ wall, card, action }: { wall: Wall; card: Card; action: Action }) {
  const { floor } = wall;
  const [failure, setFailure] = useState("");
  const isMine = action.by === floor.me;
  const told = offerOf(floor.offers, action.kind).reasons.find(([reason]) => reason === action.reason)?.[1] ?? "";
  const answer = async (agrees: boolean): Promise<void> => {
    const answered = await floor.send("decide", { session_id: card.session_id, action_id: action.id, agrees });
    setFailure("problem" in answered ? answered.problem.detail : "");
  };
  return (
    <div class="proposal" data-testid="proposal">
      <p>
        <strong>
          {isMine ? "You propose" : `${action.by_name} proposes`} to end {card.candidate_name}'s exam.
        </strong>{" "}
        {told} {action.text}
      </p>
      {floor.me === "" ? null : (
        <p class="line">
          {isMine ? (
            <span>A second person has to agree.</span>
          ) : (
            <button type="button" class="primary" onClick={() => void answer(true)} data-testid="agree">
              Agree and end the exam
            </button>
          )}
          <button type="button" onClick={() => void answer(false)} data-testid="decline">
            {isMine ? "Take it back" : "Decline"}
          </button>
        </p>
      )}
      {failure === "" ? null : <p role="alert">{failure}</p>}
    </div>
  );
}
