import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import { REASON_WORDS, STANDING_TONES, STANDING_WORDS, STATE_WORDS, type Step } from "../shared/onboarding";
import { type Act, Decisions, Lease, Opened, useCase } from "../shared/review_queue/deciding";
import { sayDay } from "../shared/wording";
import { Entered } from "./entered";
import { DECISION_WORDS, type Listed, type Review, sayPromised } from "./told";

const ACTS: Readonly<Record<string, Act>> = {
  claim: { words: "Take it", primary: true },
  approve: { words: "Let in", primary: true, isExplained: true },
  request_changes: { words: "Send back what was returned" },
  propose_rejection: { words: "Propose to turn down…", explains: "A second reviewer has to agree. Then the agent reads this, and may appeal.", codes: REASON_WORDS },
  confirm_rejection: { words: "Agree: turn down", primary: true },
  overrule: { words: "Do not agree…", explains: "It goes back to the queue, with this as your reason." },
  propose_revocation: { words: "Propose to revoke…", explains: "A second reviewer has to agree. Then the agent reads this, and everything is reviewed again.", codes: REASON_WORDS },
  drop_revocation: { words: "Drop the proposal…", explains: "Everything stays as it is. This is kept as the reason." },
  revoke: { words: "Agree: revoke", primary: true },
  release: { words: "Give it back" },
};
const STEP_ACTS: Readonly<Record<string, Act>> = {
  accept: { words: "Accept" },
  return: { words: "Return…", explains: "The agent reads this, and changes this step alone.", codes: REASON_WORDS },
  waive: { words: "Waive…", explains: "They are let in without it. This is kept as the reason." },
};

/** One case: each step with what was handed in, and what may be decided. What one may not do says why. */
export function CasePart({ api, onboardingId }: { api: Api; onboardingId: string }) {
  const path = `/v1/onboarding/reviews/${encodeURIComponent(onboardingId)}`;
  const opened = useCase<Review>(api, path);
  const press = (to: string, decision: string, act: Act): void => opened.press(act, (why) => opened.post(to, { decision, ...why }));
  return (
    <Opened opened={opened} back="Everybody who waits" waiting="Opening the case…">
      {(shown) => {
        const { listed, onboarding } = shown;
        const mayDecideSteps = listed.is_mine || listed.state === "completed";
        return (
          <>
            <Title listed={listed} />
            {shown.appeal === "" ? null : <Quoted title="Their appeal" words={shown.appeal} />}
            {shown.proposal === null ? null : <Quoted title={`Proposed: ${(REASON_WORDS[shown.proposal.reason_code] ?? "").toLowerCase()}`} words={shown.proposal.reason} />}
            <Failure problem={opened.problem} />
            <ol class="steps">
              {onboarding.steps.map((step) => (
                <li key={step.key} data-testid="step" data-step={step.key} data-standing={step.standing}>
                  <Head step={step} />
                  <Entered api={api} path={path} step={step} />
                  {mayDecideSteps ? <StepDecisions step={step} onPress={(decision, act) => press(`${path}/steps/${step.key}/decisions`, decision, act)} /> : null}
                </li>
              ))}
            </ol>
            <Decisions held={listed} acts={ACTS} onPress={(decision, act) => press(`${path}/decisions`, decision, act)} class="acts case-acts" />
            <Past reviews={shown.reviews} />
          </>
        );
      }}
    </Opened>
  );
}

function Title({ listed }: { listed: Listed }) {
  return (
    <>
      <h2>{listed.name}</h2>
      <p>
        <span class="badge" data-testid="case-state" data-state={listed.state}>
          {STATE_WORDS[listed.state] ?? listed.state}
        </span>{" "}
        <span class={listed.is_overdue ? "wrong" : "hint"}>{listed.promised_at_ms === 0 ? "" : `${sayPromised(listed)}. `}</span>
        <Lease held={listed}>; each decision renews it</Lease>
      </p>
    </>
  );
}

function StepDecisions({ step, onPress }: { step: Step; onPress: (decision: string, act: Act) => void }) {
  return (
    <p class="acts">
      {Object.entries(STEP_ACTS)
        .filter(([decision]) => mayBe(step, decision))
        .map(([decision, act]) => (
          <button key={decision} type="button" onClick={() => onPress(decision, act)} data-testid={decision}>
            {act.words}
            <span class="unseen">: {step.title}</span>
          </button>
        ))}
    </p>
  );
}

function Past({ reviews }: { reviews: Review["reviews"] }) {
  if (reviews.length === 0) return null;
  return (
    <details>
      <summary>Decided so far</summary>
      <ul class="past">
        {reviews.map((one) => (
          <li key={one.at_ms}>
            <span class="since">{sayDay(one.at_ms)}</span> {DECISION_WORDS[one.decision] ?? one.decision}
            {one.reason === "" ? "" : `: ${one.reason}`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function mayBe(step: Step, decision: string): boolean {
  if (decision === "accept") return step.standing === "submitted" || (step.standing === "failed" && step.verifier !== "credential");
  if (decision === "return") return step.standing === "submitted" || (step.standing === "passed" && step.verifier !== "credential");
  return step.standing !== "waived" && step.standing !== "passed";
}

function Head({ step }: { step: Step }) {
  return (
    <div class="head">
      <div>
        <h3>{step.title}</h3>
        {step.standing === "failed" ? <p class="says wrong">{step.reason}</p> : null}
        {step.standing === "waived" ? <p class="says">{step.reason}</p> : null}
        {step.times_returned > 0 ? <p class="since">Given back {step.times_returned === 1 ? "once" : `${step.times_returned} times`}</p> : null}
      </div>
      <span class="badge" data-tone={STANDING_TONES[step.standing] ?? ""}>
        {step.standing === "submitted" ? "To look at" : STANDING_WORDS[step.standing]}
      </span>
    </div>
  );
}

function Quoted({ title, words }: { title: string; words: string }) {
  return (
    <section class="told">
      <h3>{title}</h3>
      <p class="written">{words}</p>
    </section>
  );
}
