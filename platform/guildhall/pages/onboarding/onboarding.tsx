import { render } from "preact";
import { useState } from "preact/hooks";
import { ConfirmDialog } from "../shared/confirm_dialog";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { Notices } from "../shared/notices";
import { ACTOR_WORDS, CAPABILITY_WORDS, type Onboarding, STANDING_TONES, STANDING_WORDS, STATE_WORDS, type Step, sayPassage, sayUntil } from "../shared/onboarding";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { type Read, useRead } from "../shared/reading";
import { ReasonDialog } from "../shared/reason_dialog";
import { useLooking } from "../shared/use_looking";
import { sayDay } from "../shared/wording";
import "./onboarding.css";
import { StepPart } from "./step_part";

const api = openApi();
const MINE = "/v1/onboarding/mine";
const LOOK_MS = 15_000;

/** Somebody's own way in: the one next thing, every step, what it gives, and what was told of it. */
function OnboardingPage() {
  const read = useRead<Onboarding>(api, MINE);
  const [round, setRound] = useState(0);
  const look = (): void => {
    read.again();
    setRound((before) => before + 1);
  };
  useLooking(api, ["onboarding", "notices"], look, LOOK_MS);
  return (
    <PageFrame
      title="Your onboarding"
      nav={
        <>
          <a href="/exams">Your exams</a>
          <a href="/account">Your account</a>
        </>
      }
      read={read}
      waiting="Looking where you stand…"
    >
      {(shown) => <Walk read={read} shown={shown} round={round} />}
    </PageFrame>
  );
}

function Walk({ read, shown, round }: { read: Read<Onboarding>; shown: Onboarding; round: number }) {
  const chosen = useAddress();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asking, setAsking] = useState<"appeal" | "recall" | null>(null);
  const isBegun = shown.state !== "not_started";

  const act = async (path: string, body?: object): Promise<void> => {
    const answer = await api.ask<Onboarding>("POST", path, body);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    read.put(answer.reply);
    if (answer.reply.next.action === "step") location.assign(`#${answer.reply.next.step}`);
  };
  const changed = (next: Onboarding, isDone: boolean): void => {
    read.put(next);
    if (isDone) location.assign(next.next.action === "step" ? `#${next.next.step}` : "#");
  };
  const open = shown.steps.find((step) => step.key === chosen);
  const recall = shown.allowed_actions.find((one) => one.action === "recall");
  return (
    <>
      <section class="next" data-actor={shown.next.actor} aria-labelledby="next" data-testid="next">
        <p class="eyebrow" id="next">
          {shown.next.actor === "nobody" ? "Nothing to do" : `Next: ${ACTOR_WORDS[shown.next.actor].toLowerCase()}`}
          <span class="badge" data-tone={shown.state === "completed" ? "good" : shown.state === "rejected" ? "alarm" : ""} data-testid="state" data-state={shown.state}>
            {STATE_WORDS[shown.state] ?? shown.state}
          </span>
        </p>
        <p class="says">{shown.next.says}</p>
        {shown.next.by_ms === null ? null : (
          <p class="until" data-testid="until">
            {shown.next.actor === "reviewer" ? "Promised until " : "Until "}
            <strong>{sayDay(shown.next.by_ms)}</strong>
            {shown.next.then === "" ? "." : `. ${shown.next.actor === "nobody" ? "Then" : "Otherwise"}: ${lowerFirst(shown.next.then)}`}
          </p>
        )}
        <p class="acts">
          <NextButton shown={shown} act={act} appeal={() => setAsking("appeal")} />
          {recall?.allowed ? (
            <button type="button" onClick={() => setAsking("recall")} data-testid="recall">
              Take it back…
            </button>
          ) : null}
        </p>
        <Failure problem={problem ?? read.problem} />
      </section>
      <section aria-labelledby="steps">
        <h2 id="steps">Steps</h2>
        <ol class="steps">
          {shown.steps.map((step) => (
            <li key={step.key} id={`step-${step.key}`} data-testid="step" data-step={step.key} data-standing={step.standing}>
              <StepHead step={step} isOpen={step === open} isBegun={isBegun} />
              {step === open && isBegun ? (
                <div class="inside" id={`inside-${step.key}`}>
                  <StepPart key={step.key} api={api} step={step} changed={changed} />
                </div>
              ) : null}
            </li>
          ))}
        </ol>
        {shown.future_requirements.map((one) => (
          <p key={one.title} class="hint">
            From {sayDay(one.from_ms)} on: {one.title}.
          </p>
        ))}
      </section>
      <Gives shown={shown} />
      <Notices api={api} round={round} />
      {shown.history.length === 0 ? null : <History shown={shown} />}
      {asking === "appeal" ? (
        <ReasonDialog
          title="Appeal"
          explains="Say what was overlooked or wrong. Somebody who took no part in the decision reads it and looks at everything again."
          act="Send the appeal"
          done={(words) => {
            setAsking(null);
            if (words !== null) void act(`${MINE}/actions`, { action: "appeal", words });
          }}
        />
      ) : null}
      {asking === "recall" ? (
        <ConfirmDialog
          title="Take it back?"
          act="Take it back"
          done={(isMeant) => {
            setAsking(null);
            if (isMeant) void act(`${MINE}/actions`, { action: "recall" });
          }}
        >
          You can change everything again. When you hand it in anew, the time that was promised to you begins anew.
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function NextButton({ shown, act, appeal }: { shown: Onboarding; act: (path: string, body?: object) => Promise<void>; appeal: () => void }) {
  const { action, step } = shown.next;
  if (action === "step") {
    return (
      <a class="button primary" href={`#${step}`} data-testid="next-step">
        {shown.steps.find((one) => one.key === step)?.title ?? "Go on"}
      </a>
    );
  }
  const words = { start: "Begin", submit: "Hand it in", resume: "Go on with it", appeal: "Appeal…" }[action || "start"];
  if (action === "") return null;
  const press = (): void => {
    if (action === "appeal") appeal();
    else if (action === "start") void act(MINE);
    else void act(`${MINE}/actions`, { action });
  };
  return (
    <button type="button" class="primary" onClick={press} data-testid={`next-${action}`}>
      {words}
    </button>
  );
}

function StepHead({ step, isOpen, isBegun }: { step: Step; isOpen: boolean; isBegun: boolean }) {
  const isDone = step.standing === "passed" || step.standing === "waived";
  return (
    <div class="head">
      <div>
        <h3>
          {isBegun ? (
            <a href={isOpen ? "#" : `#${step.key}`} aria-expanded={isOpen} aria-controls={isOpen ? `inside-${step.key}` : undefined}>
              {step.title}
            </a>
          ) : (
            step.title
          )}
        </h3>
        {isOpen || !isBegun ? <p class="hint">{step.explains}</p> : null}
        {step.standing === "passed" || (step.standing === "open" && step.verifier !== "credential") ? null : (
          <p class={step.standing === "failed" || step.standing === "expired" ? "says wrong" : "says"}>{step.says}</p>
        )}
        {isDone || step.next_actor === "agent" || step.next_actor === "nobody" ? null : (
          <p class="since">
            {ACTOR_WORDS[step.next_actor]} {sayUntil(step.by_ms)}
          </p>
        )}
        {isDone && step.valid_until_ms !== null ? <p class="since">Valid until {new Date(step.valid_until_ms).toLocaleDateString()}</p> : null}
      </div>
      <span class="badge" data-tone={STANDING_TONES[step.standing] ?? ""}>
        {step.standing === "submitted" && step.next_actor === "agent" ? "Ready" : STANDING_WORDS[step.standing]}
        {step.due === "before_first_pay" && !isDone ? ", before your first pay" : ""}
      </span>
    </div>
  );
}

function Gives({ shown }: { shown: Onboarding }) {
  return (
    <section aria-labelledby="gives">
      <h2 id="gives">What you may do</h2>
      <ul class="lines" data-testid="capabilities">
        {shown.capabilities.map((one) => (
          <li key={one.capability} data-capability={one.capability} data-given={one.is_given}>
            <div>
              <strong>{CAPABILITY_WORDS[one.capability] ?? one.capability}</strong>
              {one.is_given ? null : (
                <span class="since">
                  {one.reason}
                  {one.next_actor === "nobody" ? "" : ` Next: ${ACTOR_WORDS[one.next_actor].toLowerCase()}${one.by_ms === null || one.next_actor === "agent" ? "" : `, ${sayUntil(one.by_ms)}`}.`}
                </span>
              )}
            </div>
            <span class="badge" data-tone={one.is_given ? "good" : ""}>
              {one.is_given ? "Yes" : "Not yet"}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function History({ shown }: { shown: Onboarding }) {
  const titleOf = (key: string): string => shown.steps.find((step) => step.key === key)?.title ?? key;
  return (
    <details>
      <summary>What happened so far</summary>
      <ul class="past" data-testid="history">
        {shown.history.map((one, place) => (
          <li key={`${one.at_ms}/${place}`}>
            <span class="since">{sayDay(one.at_ms)}</span> {sayPassage(one, titleOf)}
          </li>
        ))}
      </ul>
    </details>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<OnboardingPage />, page);
