import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { Onboarding, Step } from "../shared/onboarding";
import { measure } from "./measuring";

const FIELDS = [
  ["camera", "Camera"],
  ["microphone", "Microphone"],
  ["upload_kbit_s", "Connection"],
] as const;

/** Measures and hands in with one click; what is not good enough says what to do. */
export function DevicePart({ api, step, changed }: { api: Api; step: Step; changed: (onboarding: Onboarding) => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const path = `/v1/onboarding/mine/steps/${step.key}`;
  const check = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const content = await measure(api, path);
    const answer = await api.ask<Onboarding>("POST", `${path}/submission`, { content });
    setBusy(false);
    if ("reply" in answer) changed(answer.reply);
    else setProblem(answer.problem);
  };
  const isMeasured = problem?.fields !== null && problem?.fields !== undefined;
  return (
    <>
      <p>Your browser asks whether it may use your camera and your microphone: allow both. The pictures and the sound stay here.</p>
      {isMeasured ? (
        <ul class="measured" data-testid="measured">
          {FIELDS.map(([field, words]) => {
            const wrong = problem?.fields?.[field];
            return (
              <li key={field} class={wrong === undefined ? "" : "wrong"}>
                {words} {wrong === undefined ? "is good." : `${wrong}.`}
              </li>
            );
          })}
        </ul>
      ) : (
        <Failure problem={problem} />
      )}
      <p>
        <button type="button" class="primary" aria-disabled={busy} onClick={() => void (busy || check())} data-testid="check-device">
          {busy ? "Measuring…" : problem === null ? "Check now" : "Check again"}
        </button>
      </p>
    </>
  );
}
