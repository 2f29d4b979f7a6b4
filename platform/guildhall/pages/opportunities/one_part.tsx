import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { TalkToOtherSide } from "../shared/chat/talk_opener";
import { AssessmentLine } from "../shared/assessment_line";
import { ConfirmDialog } from "../shared/confirm_dialog";
import { Failure, Submit, useSubmit } from "../shared/form";
import { APPLICATION_WORDS, type Application, KIND_WORDS, may, POSTING_WORDS, readMoney, type Seen, sayMoney, sayPass, sayPay, TONES, whyNot } from "../shared/hiring_told";
import { Labelled, Line } from "../shared/labelled";
import type { Problem } from "../shared/messages";
import { InterviewLine } from "../shared/interview_line";
import { OffersPart } from "../shared/offers_part";
import { useRead, Waiting } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayCount, sayDay } from "../shared/wording";

/** One opportunity: what it is, and one's own application with its offers, or the form to apply. */
export function OnePart({ api, opportunityId }: { api: Api; opportunityId: string }) {
  const read = useRead<Seen>(api, `/v1/opportunities/${encodeURIComponent(opportunityId)}`);
  useLooking(api, ["applications", "notices"], read.again);
  const shown = read.value;
  const back = (
    <p>
      <a href="#">All opportunities</a>
    </p>
  );
  if (shown === null) {
    return (
      <>
        {back}
        <h1>Opportunity</h1>
        <Waiting read={read} words="Opening it…" />
      </>
    );
  }
  const { posting, application } = shown;
  const put = (now: Application): void => {
    read.put({ ...shown, application: now });
    read.again();
  };
  return (
    <>
      {back}
      <h1>{posting.title}</h1>
      <section aria-label="What it is about">
        <p class="lead">
          {shown.client} · <span class="pay">{sayPay(shown)}</span>
        </p>
        <dl class="facts">
          <dt>Paid</dt>
          <dd>{KIND_WORDS[posting.kind]}</dd>
          <dt>Positions</dt>
          <dd>
            {shown.positions_free} of {sayCount(shown.positions, "position", "positions")} free
          </dd>
          <dt>State</dt>
          <dd>
            {POSTING_WORDS[shown.state] ?? shown.state}, until {sayDay(posting.closes_at_ms)}
          </dd>
          {posting.credentials.length === 0 ? null : (
            <>
              <dt>Asks for</dt>
              <dd>{posting.credentials.map(sayPass).join(", ")}</dd>
            </>
          )}
        </dl>
        <ul class="tags" aria-label="Skills">
          {posting.skills.map((skill) => (
            <li key={skill}>{skill}</li>
          ))}
        </ul>
        <p class="written">{posting.description}</p>
      </section>
      {application === null ? null : <Applied api={api} application={application} put={put} />}
      {may(shown, "apply") ? (
        <Apply api={api} shown={shown} put={put} />
      ) : application === null ? (
        <p class="nothing" data-testid="why-not">
          You cannot apply now: {whyNot(shown, "apply")} {shown.allowed_actions[0]?.next_actor === "agent" ? <a href="/onboarding">Go on with your onboarding</a> : null}{" "}
          {shown.passes_missing.some((one) => one.delivery_id === "") ? <a href="/exams">See your exams</a> : null}
        </p>
      ) : null}
    </>
  );
}

function Applied({ api, application, put }: { api: Api; application: Application; put: (now: Application) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [isCountering, setCountering] = useState(false);
  const path = `/v1/applications/${application.application_id}`;
  const act = async (action: string): Promise<void> => {
    const answer = await api.ask<Application>("POST", `${path}/actions`, { action });
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) put(answer.reply);
  };
  const { next, outcome } = application;
  return (
    <section class="card" data-turn={next.actor === "agent" ? "mine" : ""} aria-labelledby="mine" data-testid="mine" data-state={application.state}>
      <div class="top">
        <h2 id="mine">Your application</h2>
        <span class="badge" data-tone={TONES[application.state] ?? ""}>
          {APPLICATION_WORDS[application.state] ?? application.state}
        </span>
      </div>
      <p class="says" data-testid="says">
        {next.actor === "agent" ? "Your turn: " : ""}
        {next.says}
      </p>
      {next.by_ms === null ? null : (
        <p class="hint">
          Until {sayDay(next.by_ms)}. {next.then}
        </p>
      )}
      {outcome === null ? null : (
        <p>
          The reason: {outcome.says}. {outcome.text}
        </p>
      )}
      <AssessmentLine applied={application} isOwn />
      <InterviewLine applied={application} />
      {application.contract_id === null ? null : (
        <p>
          <a href={`/contracts#${application.contract_id}`} data-testid="to-contract">
            Go to the contract
          </a>
        </p>
      )}
      <OffersPart api={api} path={path} side="agent" applied={application} changed={put} isCountering={isCountering} setCountering={setCountering} />
      <p class="acts">
        {may(application, "confirm") ? (
          <button type="button" class="primary" onClick={() => void act("confirm")} data-testid="confirm">
            I still apply, as it is now
          </button>
        ) : null}
        {may(application, "withdraw") ? (
          <button type="button" onClick={() => setAsking(true)} data-testid="withdraw">
            Withdraw…
          </button>
        ) : null}
      </p>
      <Failure problem={problem} />
      {application.may_talk ? <TalkToOtherSide api={api} path={`${path}/conversation`} name={application.client} about={application.title} /> : null}
      <details>
        <summary>What you wrote</summary>
        <p class="hint">You asked for {sayMoney(application.bid_minor, application.currency)}.</p>
        <p class="written">{application.cover}</p>
      </details>
      {isAsking ? (
        <ConfirmDialog
          title="Withdraw your application?"
          act="Withdraw"
          done={(isMeant) => {
            setAsking(false);
            if (isMeant) void act("withdraw");
          }}
        >
          The client is told. You may apply again while the opportunity is open.
        </ConfirmDialog>
      ) : null}
    </section>
  );
}

function Apply({ api, shown, put }: { api: Api; shown: Seen; put: (now: Application) => void }) {
  const { posting } = shown;
  const form = useSubmit<Application>(
    (entered) =>
      api.ask<Application>("POST", `/v1/opportunities/${shown.opportunity_id}/applications`, {
        cover: entered.text("cover"),
        bid_minor: readMoney(entered.text("bid_minor"), posting.currency),
        answers: posting.questions.map((_, place) => entered.text(`answers.${place}`)),
        terms_version: shown.terms_version,
      }),
    put,
  );
  return (
    <section aria-labelledby="apply">
      <h2 id="apply">{shown.application === null ? "Apply" : "Apply again"}</h2>
      {shown.passes_missing.length === 0 ? null : (
        <p class="hint" data-testid="exam-first">
          It asks for {shown.passes_missing.map(sayPass).join(" and ")}, which you do not hold. Apply, and you are invited to the exam; your application goes on as soon as you have passed.
        </p>
      )}
      <form class="form" onSubmit={form.onSubmit} data-testid="apply-form">
        <Labelled name="cover" label="Why you" hint="The client reads this first." problem={form.problem}>
          {(tied) => <textarea {...tied} rows={5} required maxLength={4000} />}
        </Labelled>
        <Line name="bid_minor" label={`What you ask for in ${posting.currency}${posting.kind === "hourly" ? ", for an hour" : ""}`} hint={`Posted: ${sayPay(shown)}.`} value="" problem={form.problem} />
        {posting.questions.map((question, place) => (
          <Labelled key={question} name={`answers.${place}`} label={question} problem={form.problem}>
            {(tied) => <textarea {...tied} rows={2} maxLength={2000} />}
          </Labelled>
        ))}
        <p class="acts">
          <Submit busy={form.busy} testid="apply">
            Apply
          </Submit>
        </p>
        <Failure problem={form.problem} />
      </form>
    </section>
  );
}
