import { render } from "preact";
import type { Account } from "./accounts";
import type { Api } from "./api";
import { Failure, Field, PasswordField, Submit, useSubmit } from "./form";
import type { Problem } from "./messages";
import { useModal } from "./use_modal";

/**
 * Asks once more for a code, or for the password of an account without a second factor, in a dialog over the page.
 * True when it was given and taken; false when the person would rather not.
 */
export async function askForProof(api: Api, problem: Problem): Promise<boolean> {
  const before = document.activeElement;
  const answer = await api.ask<Account>("GET", "/v1/accounts/me");
  if ("problem" in answer) return false;
  const account = answer.reply;
  // No code can be asked of somebody who has no app: the refusal itself says what is missing.
  if (problem.type === "mfa-required" && !account.has_second_factor) return false;
  const place = document.body.appendChild(document.createElement("div"));
  return new Promise((settle) => {
    const close = (proven: boolean): void => {
      render(null, place);
      place.remove();
      if (before instanceof HTMLElement) before.focus();
      settle(proven);
    };
    render(<StepUpDialog api={api} account={account} close={close} />, place);
  });
}

function StepUpDialog(props: { api: Api; account: Account; close: (proven: boolean) => void }) {
  const { api, account, close } = props;
  const dialog = useModal();
  const form = useSubmit(
    (entered) =>
      api.ask(
        "POST",
        "/v1/auth/step-up",
        account.has_second_factor ? { code: entered.text("code") } : { password: entered.secret("password") },
      ),
    () => close(true),
  );
  return (
    <dialog
      ref={dialog}
      aria-labelledby="step-up-title"
      data-testid="step-up"
      onCancel={(event) => {
        event.preventDefault();
        close(false);
      }}
    >
      <h2 id="step-up-title">Confirm that it is you</h2>
      <form class="form" onSubmit={form.onSubmit}>
        <p>This is for you alone, so we ask once more.</p>
        <Failure problem={form.problem} />
        {account.has_second_factor ? (
          <Field
            name="code"
            label="Code from your authenticator app"
            autocomplete="one-time-code"
            inputMode="numeric"
            problem={form.problem}
            focused
          />
        ) : (
          <>
            <input type="text" autocomplete="username" value={account.email} readOnly hidden />
            <PasswordField
              name="password"
              label="Your password"
              autocomplete="current-password"
              problem={form.problem}
              focused
            />
          </>
        )}
        <p class="choices">
          <button type="button" onClick={() => close(false)}>
            Not now
          </button>
          <Submit busy={form.busy} testid="step-up-confirm">
            Confirm
          </Submit>
        </p>
      </form>
    </dialog>
  );
}
