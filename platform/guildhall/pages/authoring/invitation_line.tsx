import { useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { Accommodation, InvitationListed } from "./authored";
import type { Desk } from "./desk";
import { Text, Whole } from "./fields";

const NOTHING_WRONG = (): undefined => undefined;

/** One invited person: whether they came, what is otherwise for them, and what can be done. */
export function InvitationLine(props: { desk: Desk; invitation: InvitationListed; changed: (next: InvitationListed) => void }) {
  const { desk, invitation } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [given, setGiven] = useState<Accommodation>(invitation.accommodation);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState("");
  const path = `/invitations/${encodeURIComponent(invitation.invitation_id)}`;
  const ask = async (method: "POST" | "PUT", tail: string, words: string, body?: object, rev?: number): Promise<void> => {
    const answer = await desk.ask<InvitationListed>(method, path + tail, body, rev);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    setTold(words);
    props.changed(answer.reply);
  };
  const state = invitation.is_withdrawn ? "withdrawn" : invitation.attempts > 0 ? `${invitation.attempts} begun` : invitation.has_come ? "has come" : "invited";
  return (
    <li data-email={invitation.email}>
      <div>
        <strong>{invitation.name}</strong>
        <span class="hint">
          {invitation.email} · {state}
          {invitation.exceptions.length > 0 ? ` · ${invitation.exceptions.join(", ")}` : ""}
        </span>
      </div>
      <span class="acts">
        <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          Accommodate<span class="unseen"> {invitation.name}</span>
        </button>
        {invitation.is_withdrawn ? null : (
          <>
            <button type="button" onClick={() => void ask("POST", "/resend", "The mail is on its way once more.")}>
              Send again
            </button>
            <button type="button" onClick={() => void ask("POST", "/withdraw", "Withdrawn.")}>
              Withdraw
            </button>
          </>
        )}
      </span>
      {isOpen ? (
        <form
          class="form wide"
          onSubmit={(event) => {
            event.preventDefault();
            void ask("PUT", "", "Saved: it counts for attempts from now on.", { name: invitation.name, accommodation: given }, invitation.rev);
          }}
        >
          <div class="pair">
            <Whole path={`time-${invitation.invitation_id}`} label="Percent more time" least={0} most={300} wrong={NOTHING_WRONG} value={given.extra_time_percent} change={(extra_time_percent) => setGiven({ ...given, extra_time_percent })} />
            <Whole path={`break-${invitation.invitation_id}`} label="Minutes of breaks, in all" least={0} most={240} wrong={NOTHING_WRONG} value={Math.round(given.break_seconds / 60)} change={(minutes) => setGiven({ ...given, break_seconds: minutes * 60 })} />
          </div>
          <Text
            path={`muted-${invitation.invitation_id}`}
            label="Signals that are not judged, with commas between"
            wrong={NOTHING_WRONG}
            value={given.muted_signals.join(", ")}
            change={(text) => setGiven({ ...given, muted_signals: text.split(",").map((one) => one.trim()).filter((one) => one !== "") })}
            hint="Such as gaze_x or yaw. Proctors see the exception, never a reason."
          />
          <Text path={`note-${invitation.invitation_id}`} label="Note for staff: no diagnosis" wrong={NOTHING_WRONG} value={given.note} change={(note) => setGiven({ ...given, note })} />
          <p class="acts">
            <button type="submit" class="primary">
              Save
            </button>
          </p>
        </form>
      ) : null}
      <Failure problem={problem} />
      {told === "" ? null : (
        <p class="hint" role="status">
          {told}
        </p>
      )}
    </li>
  );
}
