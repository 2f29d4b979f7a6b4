import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import type { ExamDoor, InvitationListed } from "../shared/exams_told";
import { Failure } from "../shared/form";
import { Icon } from "../shared/icons";
import type { Problem } from "../shared/messages";
import { useNow } from "../shared/use_now";
import { sayDuration } from "../shared/wording";
import { Asking } from "./asking";
import { isEndless, openAttempt, sayAccommodations, sayAttemptsLeft, sayMoment, sayWindow } from "./saying";

/** One exam that is or will be open to this person: when, how often, with what was granted, and the way in. */
export function InvitationCard({ api, invitation, nowMs }: { api: Api; invitation: InvitationListed; nowMs: number }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [readAtMs] = useState(Date.now);
  const passed = useNow(15_000) - readAtMs;
  const current = openAttempt(invitation);
  const granted = sayAccommodations(invitation);

  const enter = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const answer = await api.ask<ExamDoor>("POST", "/v1/attempts", { invitation_id: invitation.id });
    setBusy(false);
    if ("reply" in answer) location.assign(answer.reply.url);
    else setProblem(answer.problem);
  };
  return (
    <li class="card" data-testid="invitation">
      <h3>{invitation.title}</h3>
      {invitation.is_practice ? <p class="badge">Practice run: it counts for nothing</p> : null}
      <dl>
        {nowMs < invitation.opens_at_ms || !isEndless(invitation, nowMs) ? (
          <>
            <dt>Opens</dt>
            <dd>{sayMoment(invitation.opens_at_ms)}</dd>
          </>
        ) : null}
        {isEndless(invitation, nowMs) ? null : (
          <>
            <dt>Closes</dt>
            <dd>{sayMoment(invitation.closes_at_ms)}; whoever has begun keeps their time</dd>
          </>
        )}
        <dt>Now</dt>
        <dd>
          <strong>{sayWindow(invitation, nowMs + passed)}</strong>
          {current !== null && current.started_at_ms !== null ? `; yours is under way, ${sayDuration(current.left_ms)} were left` : ""}
        </dd>
        <dt>Attempts</dt>
        <dd>{sayAttemptsLeft(invitation)}</dd>
        {granted.length === 0 ? null : (
          <>
            <dt>Granted to you</dt>
            <dd>{granted.join("; ")}</dd>
          </>
        )}
      </dl>
      <Failure problem={problem} />
      {current !== null || invitation.may_begin ? (
        <button type="button" class="primary" aria-disabled={busy} onClick={() => busy || void enter()} data-testid="enter">
          {busy ? "Opening…" : current === null ? "Go to the exam" : current.started_at_ms === null ? "Go to the exam" : "Go on with the exam"}
          <span class="unseen">: {invitation.title}</span>
          <Icon name="arrow" />
        </button>
      ) : (
        <p class="hint" data-testid="why-not">
          {invitation.reason}
        </p>
      )}
      {current === null && invitation.may_begin ? <p class="hint">The clock starts later, when you press Begin there.</p> : null}
      <Asking api={api} path={`/v1/exams/invitations/${encodeURIComponent(invitation.id)}/conversation`} anchor={invitation.id} title={invitation.title} />
    </li>
  );
}
