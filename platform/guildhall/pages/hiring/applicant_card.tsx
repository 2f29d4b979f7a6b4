import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { AssessmentLine } from "../shared/assessment_line";
import { TalkToOtherSide } from "../shared/chat/talk_opener";
import { Failure } from "../shared/form";
import { APPLICATION_WORDS, type Applicant, may, type Posted, REASONS, sayMoney, TONES, type WorkTerms, whyNot } from "../shared/hiring_told";
import type { Problem } from "../shared/messages";
import { InterviewLine } from "../shared/interview_line";
import { OffersPart } from "../shared/offers_part";
import { TermsForm } from "../shared/terms_form";
import { InterviewDialog } from "./interview_dialog";
import { useModal } from "../shared/use_modal";
import { sayDay } from "../shared/wording";

interface CardProps {
  readonly api: Api;
  readonly shown: Posted;
  readonly applicant: Applicant;
  readonly changed: (now: Applicant) => void;
  /** Its form to make or counter an offer: one card has it open. */
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
}

const REASON_CHARACTERS = 400;

/** One applicant as the others beside them: the pay, the passes, the answers, and what may be decided. */
export function ApplicantCard({ api, shown, applicant, changed, isOpen, setOpen }: CardProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isRejecting, setRejecting] = useState(false);
  const [isInviting, setInviting] = useState(false);
  const path = `/v1/hiring/applicants/${applicant.application_id}`;
  const ask = async (to: string, body: object): Promise<boolean> => {
    const answer = await api.ask<Applicant>("POST", `${path}/${to}`, body);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return false;
    changed(answer.reply);
    return true;
  };
  const decide = (decision: string, more: object = {}): void => void ask("decisions", { decision, ...more });
  const offering = whyNot(applicant, "offer");
  const name = `name-${applicant.application_id}`;
  return (
    <article class="card" data-turn={applicant.next.actor === "client" ? "mine" : ""} aria-labelledby={name} data-testid="applicant" data-state={applicant.state}>
      <div class="top">
        <h3 id={name}>{applicant.name}</h3>
        <span class="badge" data-tone={TONES[applicant.state] ?? ""}>
          {APPLICATION_WORDS[applicant.state] ?? applicant.state}
        </span>
      </div>
      <p class="hint">
        {applicant.next.says}
        {applicant.next.by_ms === null ? "" : ` Until ${sayDay(applicant.next.by_ms)}.`}
      </p>
      <dl class="facts">
        <dt>Asks for</dt>
        <dd>{sayMoney(applicant.bid_minor, applicant.currency)}</dd>
        <dt>Applied</dt>
        <dd>{sayDay(applicant.applied_at_ms)}</dd>
        <dt>Passes</dt>
        <dd>{applicant.credentials.length === 0 ? "None asked for" : applicant.credentials.join(", ")}</dd>
      </dl>
      <p class="written">{applicant.cover}</p>
      {shown.posting.questions.length === 0 ? null : (
        <dl class="asked">
          {shown.posting.questions.map((question, place) => (
            <div key={question}>
              <dt class="hint">{question}</dt>
              <dd class="written">{applicant.answers[place] ?? ""}</dd>
            </div>
          ))}
        </dl>
      )}
      {applicant.outcome === null ? null : (
        <p class="hint">
          The reason: {applicant.outcome.says}. {applicant.outcome.text}
        </p>
      )}
      <AssessmentLine applied={applicant} isOwn={false} />
      <InterviewLine applied={applicant} />
      {applicant.contract_id === null ? null : (
        <p>
          <a href={`/contracts#${applicant.contract_id}`} data-testid="to-contract">
            Go to the contract
          </a>
        </p>
      )}
      <OffersPart api={api} path={path} side="client" applied={applicant} changed={changed} isCountering={isOpen} setCountering={setOpen} />
      <p class="acts">
        {may(applicant, "shortlist") ? (
          <button type="button" onClick={() => decide("shortlist")} data-testid="shortlist">
            Shortlist
          </button>
        ) : null}
        {may(applicant, "unshortlist") ? (
          <button type="button" onClick={() => decide("unshortlist")} data-testid="unshortlist">
            Off the shortlist
          </button>
        ) : null}
        {may(applicant, "require_assessment") ? (
          <button type="button" onClick={() => decide("require_assessment")} data-testid="require-assessment">
            Ask for the pass
          </button>
        ) : null}
        {may(applicant, "invite") ? (
          <button type="button" onClick={() => setInviting(true)} data-testid="invite">
            {applicant.state === "interview" ? "Another time…" : "Interview…"}
          </button>
        ) : null}
        {may(applicant, "end_interview") ? (
          <button type="button" onClick={() => decide("end_interview")} data-testid="end-interview">
            We have talked
          </button>
        ) : null}
        {may(applicant, "offer") ? (
          <button type="button" class="primary" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} data-testid="make-offer">
            Make an offer
          </button>
        ) : null}
        {may(applicant, "reject") ? (
          <button type="button" onClick={() => setRejecting(true)} data-testid="reject">
            Answer: no…
          </button>
        ) : null}
        {may(applicant, "reopen") ? (
          <button type="button" onClick={() => decide("reopen")} data-testid="reopen-applicant">
            Think again
          </button>
        ) : null}
        {offering === null ? null : <span class="hint">Offer: {offering}.</span>}
      </p>
      {isOpen && may(applicant, "offer") ? (
        <TermsForm
          start={startOf(shown, applicant)}
          act="Make the offer"
          problem={problem}
          send={async (terms: WorkTerms, note: string) => {
            const isMade = await ask("offers", { terms, note });
            if (isMade) setOpen(false);
            return isMade;
          }}
        />
      ) : (
        <Failure problem={problem} />
      )}
      {applicant.may_talk ? <TalkToOtherSide api={api} path={`${path}/conversation`} name={applicant.name} about={shown.title} /> : null}
      {isInviting ? (
        <InterviewDialog api={api} path={`${path}/decisions`} name={applicant.name} changed={changed} close={() => setInviting(false)} />
      ) : null}
      {isRejecting ? (
        <RejectDialog
          name={applicant.name}
          done={(why) => {
            setRejecting(false);
            if (why !== null) decide("reject", why);
          }}
        />
      ) : null}
    </article>
  );
}

/** What the agent asked for, as a beginning. */
function startOf(shown: Posted, applicant: Applicant): WorkTerms {
  const { kind, currency } = shown.posting;
  const isFixed = kind === "fixed";
  return {
    kind,
    currency,
    milestones: isFixed ? [{ title: shown.posting.title, minor: applicant.bid_minor }] : [],
    rate_minor: isFixed ? 0 : applicant.bid_minor,
    weekly_cap_minutes: isFixed ? 0 : 20 * 60,
    scope: "",
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
    review_days: 7,
    notice_days: 7,
    revisions: 2,
  };
}

function RejectDialog({ name, done }: { name: string; done: (why: { reason_code: string; text: string } | null) => void }) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} aria-labelledby="reject-title" onClose={() => done(null)} data-testid="reject-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          done({ reason_code: String(given.get("reason_code")), text: String(given.get("text")).trim() });
        }}
      >
        <h2 id="reject-title">Answer {name}: no</h2>
        <p>They read the reason. You can think again for two weeks.</p>
        <p class="field">
          <label for="reason_code">Reason</label>
          <select id="reason_code" name="reason_code">
            {Object.entries(REASONS).map(([code, words]) => (
              <option key={code} value={code}>
                {words}
              </option>
            ))}
          </select>
        </p>
        <p class="field">
          <label for="text">A word with it</label>
          <textarea id="text" name="text" rows={3} maxLength={REASON_CHARACTERS} />
        </p>
        <p class="choices">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class="primary" data-testid="give-answer">
            Answer
          </button>
        </p>
      </form>
    </dialog>
  );
}
