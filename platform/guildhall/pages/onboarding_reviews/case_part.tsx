import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { REASON_WORDS, STANDING_TONES, STANDING_WORDS, STATE_WORDS, type Step } from "../shared/onboarding";
import { useRead, Waiting } from "../shared/reading";
import { sayDay } from "../shared/wording";
import { Entered } from "./entered";
import { DECISION_WORDS, type Review } from "./told";
import { type Why, WhyDialog } from "./why_dialog";

interface Act {
  readonly words: string;
  readonly explains?: string;
  readonly hasCode?: boolean;
  readonly primary?: boolean;
}

const ACTS: Readonly<Record<string, Act>> = {
  claim: { words: "Take it", primary: true },
  approve: { words: "Let in", primary: true },
  request_changes: { words: "Send back what was returned" },
  propose_rejection: { words: "Propose to turn down…", explains: "A second reviewer has to agree. Then the agent reads this, and may appeal.", hasCode: true },
  confirm_rejection: { words: "Agree: turn down", primary: true },
  overrule: { words: "Do not agree…", explains: "It goes back to the queue, with this as your reason.", hasCode: false },
  propose_revocation: { words: "Propose to revoke…", explains: "A second reviewer has to agree. Then the agent reads this, and everything is reviewed again.", hasCode: true },
  drop_revocation: { words: "Drop the proposal…", explains: "Everything stays as it is. This is kept as the reason.", hasCode: false },
  revoke: { words: "Agree: revoke", primary: true },
  release: { words: "Give it back" },
};
const STEP_ACTS: Readonly<Record<string, Act>> = {
  accept: { words: "Accept" },
  return: { words: "Return…", explains: "The agent reads this, and changes this step alone.", hasCode: true },
  waive: { words: "Waive…", explains: "They are let in without it. This is kept as the reason.", hasCode: false },
};

interface Asking extends Act {
  readonly path: string;
  readonly decision: string;
}

/** One case: each step with what was handed in, and what may be decided. What one may not do says why. */
export function CasePart({ api, onboardingId }: { api: Api; onboardingId: string }) {
  const path = `/v1/onboarding/reviews/${encodeURIComponent(onboardingId)}`;
  const read = useRead<Review>(api, path);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const shown = read.value;
  if (shown === null) {
    return (
      <>
        <Back />
        <Waiting read={read} words="Opening the case…" />
      </>
    );
  }
  const decide = async (to: string, decision: string, why: Why | Record<string, never> = {}): Promise<void> => {
    const answer = await api.ask<Review>("POST", to, { decision, ...why });
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) read.put(answer.reply);
  };
  const press = (to: string, decision: string, act: Act): void => {
    if (act.explains === undefined) void decide(to, decision);
    else setAsking({ ...act, path: to, decision });
  };
  const { listed, onboarding } = shown;
  const mayDecideSteps = listed.is_mine || listed.state === "completed";
  return (
    <>
      <Back />
      <h2>{listed.name}</h2>
      <p>
        <span class="badge" data-testid="case-state" data-state={listed.state}>
          {STATE_WORDS[listed.state] ?? listed.state}
        </span>{" "}
        <span class={listed.is_overdue ? "wrong" : "hint"}>
          {listed.promised_at_ms === 0 ? "" : `Promised ${listed.is_overdue ? "and late: " : "until "}${sayDay(listed.promised_at_ms)}. `}
        </span>
        <span class="hint">{listed.is_mine && listed.lease_until_ms !== null ? `Yours until ${sayDay(listed.lease_until_ms)}; each decision renews it.` : ""}</span>
      </p>
      {shown.appeal === "" ? null : <Quoted title="Their appeal" words={shown.appeal} />}
      {shown.proposal === null ? null : <Quoted title={`Proposed: ${(REASON_WORDS[shown.proposal.reason_code] ?? "").toLowerCase()}`} words={shown.proposal.reason} />}
      <Failure problem={problem ?? read.problem} />
      <ol class="steps">
        {onboarding.steps.map((step) => (
          <li key={step.key} data-testid="step" data-step={step.key} data-standing={step.standing}>
            <Head step={step} />
            <Entered api={api} path={path} step={step} />
            {mayDecideSteps ? (
              <p class="acts">
                {Object.entries(STEP_ACTS)
                  .filter(([decision]) => mayBe(step, decision))
                  .map(([decision, act]) => (
                    <button key={decision} type="button" onClick={() => press(`${path}/steps/${step.key}/decisions`, decision, act)} data-testid={decision}>
                      {act.words}
                      <span class="unseen">: {step.title}</span>
                    </button>
                  ))}
              </p>
            ) : null}
          </li>
        ))}
      </ol>
      <p class="acts case-acts" data-testid="case-acts">
        {listed.allowed_actions
          .filter((one) => ACTS[one.action] !== undefined)
          .map((one) => {
            const act = ACTS[one.action] as Act;
            if (!one.allowed && one.action !== "approve") return null;
            return (
              <button key={one.action} type="button" class={act.primary ? "primary" : ""} disabled={!one.allowed} title={one.reason ?? undefined} onClick={() => press(`${path}/decisions`, one.action, act)} data-testid={one.action}>
                {act.words}
              </button>
            );
          })}
        {listed.allowed_actions
          .filter((one) => !one.allowed && (one.action === "approve" || (one.action === "claim" && !listed.is_mine)))
          .map((one) => (
            <span key={one.action} class="hint">
              {ACTS[one.action]?.words}: {one.reason}.
            </span>
          ))}
      </p>
      {shown.reviews.length === 0 ? null : (
        <details>
          <summary>Decided so far</summary>
          <ul class="past">
            {shown.reviews.map((one) => (
              <li key={one.at_ms}>
                <span class="since">{sayDay(one.at_ms)}</span> {DECISION_WORDS[one.decision] ?? one.decision}
                {one.reason === "" ? "" : `: ${one.reason}`}
              </li>
            ))}
          </ul>
        </details>
      )}
      {asking === null ? null : (
        <WhyDialog
          title={asking.words.replace("…", "")}
          explains={asking.explains ?? ""}
          act={asking.words.replace("…", "")}
          hasCode={asking.hasCode ?? false}
          done={(why) => {
            setAsking(null);
            if (why !== null) void decide(asking.path, asking.decision, why);
          }}
        />
      )}
    </>
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

function Back() {
  return (
    <p>
      <a href="#">Everybody who waits</a>
    </p>
  );
}
