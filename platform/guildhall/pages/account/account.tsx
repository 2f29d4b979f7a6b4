import { render } from "preact";
import { useEffect } from "preact/hooks";
import type { Account } from "../shared/accounts";
import { openApi } from "../shared/page_api";
import { PageFrame, useComingBack } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import "./account.css";
import { DataPart } from "./data_part";
import { EmailPart } from "./email_part";
import { NamePart } from "./name_part";
import { PasswordPart } from "./password_part";
import { PlacesPart } from "./places_part";
import { SecondFactorPart } from "./second_factor_part";
import { SessionsPart } from "./sessions_part";
import { SupervisedPart } from "./supervised_part";

const api = openApi();

function AccountPage() {
  const read = useRead<Account>(api, "/v1/accounts/me");
  const account = read.value;
  useComingBack(() => read.again());
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
    <PageFrame
      title="Your account"
      nav={
        account === null ? null : (
          <>
            <span data-testid="signed-in-as">{account.name}</span>
            <button type="button" class="as-link" onClick={() => void signOut()} data-testid="sign-out">
              Sign out
            </button>
          </>
        )
      }
      read={read}
      waiting="Opening your account…"
    >
      {(shown) => (
        <div class="parts">
          <PlacesPart api={api} account={shown} />
          <SupervisedPart api={api} account={shown} />
          <NamePart api={api} account={shown} changed={(next) => read.put(next)} />
          <EmailPart api={api} account={shown} />
          <PasswordPart api={api} account={shown} />
          <SecondFactorPart api={api} account={shown} changed={() => read.again()} />
          <SessionsPart api={api} />
          <DataPart api={api} account={shown} changed={(next) => read.put(next)} />
        </div>
      )}
    </PageFrame>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<AccountPage />, page);
