import { useState } from "preact/hooks";
import type { Account, Enrolled, RecoveryCodes } from "../shared/accounts";
import type { Api, Method } from "../shared/api";
import type { Answer } from "../shared/line";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { sayCount } from "../shared/wording";
import { Enrolment } from "./enrolment";
import { Part } from "./part";
import { RecoveryCodesShown } from "./recovery_codes";

type Stage =
  | { readonly kind: "resting" }
  | { readonly kind: "enrolling"; readonly enrolled: Enrolled }
  | { readonly kind: "codes"; readonly codes: readonly string[] };

/** Setting up, renewing and doing without a second factor. Secrets live in this component and go with it. */
export function SecondFactorPart({ api, account, changed }: { api: Api; account: Account; changed: () => void }) {
  const [stage, setStage] = useState<Stage>({ kind: "resting" });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const act = async <T,>(method: Method, path: string, done: (reply: T) => void): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const answer: Answer<T> = await api.ask<T>(method, path);
    setBusy(false);
    if ("problem" in answer) setProblem(answer.problem);
    else done(answer.reply);
  };
  const enrol = (): Promise<void> =>
    act<Enrolled>("POST", "/v1/accounts/me/second-factor", (enrolled) => setStage({ kind: "enrolling", enrolled }));
  const renew = (): Promise<void> =>
    act<RecoveryCodes>("POST", "/v1/accounts/me/recovery-codes", ({ codes }) => setStage({ kind: "codes", codes }));
  const rest = (): void => {
    setStage({ kind: "resting" });
    // The button that had the focus is gone.
    document.getElementById("second-factor-title")?.focus();
    changed();
  };
  const drop = (): Promise<void> => act("DELETE", "/v1/accounts/me/second-factor", rest);

  return (
    <Part id="second-factor" title="Second factor">
      <Failure problem={problem} />
      {stage.kind === "enrolling" ? (
        <Enrolment
          api={api}
          enrolled={stage.enrolled}
          confirmed={(codes) => setStage({ kind: "codes", codes })}
          cancel={rest}
        />
      ) : stage.kind === "codes" ? (
        <RecoveryCodesShown codes={stage.codes} email={account.email} done={rest} />
      ) : account.has_second_factor ? (
        <>
          <p data-testid="second-factor-on">
            <strong>On.</strong> You sign in with your password and a code.{" "}
            {sayCount(account.recovery_codes_left, "recovery code is", "recovery codes are")} left.
          </p>
          <p class="acts">
            <button type="button" aria-disabled={busy} onClick={() => void renew()}>
              New recovery codes
            </button>
            <button type="button" aria-disabled={busy} onClick={() => void drop()}>
              Turn it off
            </button>
          </p>
        </>
      ) : (
        <>
          <p>
            With a second factor, somebody who learns your password still cannot sign in. You need an authenticator app on
            your phone. Proctors, support and admins must have one before their role counts.
          </p>
          <p class="acts">
            <button type="button" class="primary" aria-disabled={busy} onClick={() => void enrol()} data-testid="enrol">
              Set up a second factor
            </button>
          </p>
        </>
      )}
    </Part>
  );
}
