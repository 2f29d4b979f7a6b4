import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Account } from "../shared/accounts";
import { Failure } from "../shared/form";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import "./account.css";
import { EmailPart } from "./email_part";
import { NamePart } from "./name_part";
import { PasswordPart } from "./password_part";
import { PlacesPart } from "./places_part";
import { SecondFactorPart } from "./second_factor_part";
import { SessionsPart } from "./sessions_part";

const api = openApi();

function AccountPage() {
  const [account, setAccount] = useState<Account | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const read = async (): Promise<void> => {
    const answer = await api.ask<Account>("GET", "/v1/accounts/me");
    if ("reply" in answer) setAccount(answer.reply);
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
  };
  useEffect(() => {
    void read();
    // Signed out elsewhere meanwhile: somebody who comes back to this tab should not find the account still open.
    const lookAgain = (): void => void (document.hidden || read());
    // The browser's Back may bring this page as it was left, and who left it may have signed out.
    const comeBack = (event: PageTransitionEvent): void => void (event.persisted && location.reload());
    document.addEventListener("visibilitychange", lookAgain);
    addEventListener("pageshow", comeBack);
    return () => {
      document.removeEventListener("visibilitychange", lookAgain);
      removeEventListener("pageshow", comeBack);
    };
  }, []);
  useEffect(() => {
    // The sections were not there yet when the browser looked for the fragment; mails link to /sessions.
    const wanted = location.pathname === "/sessions" ? "sessions" : location.hash.slice(1);
    if (account !== null && wanted !== "") document.getElementById(wanted)?.scrollIntoView();
  }, [account === null]);

  const signOut = async (): Promise<void> => {
    await api.ask("POST", "/v1/auth/sign-out");
    api.vault.forget();
    location.assign("/sign-in");
  };

  return (
    <>
      <Masthead>
        {account === null ? null : (
          <>
            <span data-testid="signed-in-as">{account.name}</span>
            <button type="button" class="as-link" onClick={() => void signOut()} data-testid="sign-out">
              Sign out
            </button>
          </>
        )}
      </Masthead>
      <main>
        <h1>Your account</h1>
        {problem === null ? null : (
          <>
            <Failure problem={problem} />
            <p>
              <button type="button" onClick={() => void read()}>
                Try again
              </button>
            </p>
          </>
        )}
        {account === null ? (
          problem === null ? (
            <p class="empty" role="status">
              Opening your account…
            </p>
          ) : null
        ) : (
          <div class="parts">
            <PlacesPart api={api} account={account} />
            <NamePart api={api} account={account} changed={setAccount} />
            <EmailPart api={api} account={account} />
            <PasswordPart api={api} account={account} />
            <SecondFactorPart api={api} account={account} changed={() => void read()} />
            <SessionsPart api={api} />
          </div>
        )}
      </main>
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<AccountPage />, page);
