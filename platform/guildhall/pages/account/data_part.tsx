import { useState } from "preact/hooks";
import type { Account } from "../shared/accounts";
import type { Api } from "../shared/api";
import { ConfirmDialog } from "../shared/confirm_dialog";
import { Failure } from "../shared/form";
import type { Answer } from "../shared/line";
import type { Problem } from "../shared/messages";
import { saveFile } from "../shared/save_file";
import { sayDay } from "../shared/wording";
import { Part, Told } from "./part";

/** Taking one's data along, a rest, and the end of the account: asked for, waited for, and taken back. */
export function DataPart({ api, account, changed }: { api: Api; account: Account; changed: (account: Account) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [asking, setAsking] = useState<"rest" | "erase" | null>(null);
  const endsAtMs = account.erased_at_ms;

  const taken = <T,>(answer: Answer<T>, words: string): answer is { reply: T } => {
    setProblem("problem" in answer ? answer.problem : null);
    setTold("problem" in answer ? null : words);
    return "reply" in answer;
  };
  const take = async (): Promise<void> => {
    const answer = await api.ask<object>("GET", "/v1/accounts/me/export");
    if (taken(answer, "Your data is saved as a file.")) saveFile("guildhall-account.json", "application/json", JSON.stringify(answer.reply, null, 2));
  };
  const end = async (): Promise<void> => {
    const answer = await api.ask<Account>("POST", "/v1/accounts/me/erasure");
    if (taken(answer, "We have written to you that your account will be erased.")) changed(answer.reply);
  };
  const rest = async (): Promise<void> => {
    const answer = await api.ask("POST", "/v1/accounts/me/deactivate");
    if ("problem" in answer) return setProblem(answer.problem);
    // Signed out everywhere, here too: this page has nothing to show any more.
    api.vault.forget();
    location.assign("/sign-in");
  };
  const stay = async (): Promise<void> => {
    const answer = await api.ask<Account>("DELETE", "/v1/accounts/me/erasure");
    if (taken(answer, "Your account stays.")) changed(answer.reply);
  };

  return (
    <Part id="data" title="Your data">
      <Failure problem={problem} />
      <Told words={told} />
      <p>
        What we keep about you, without secrets, as a file that programs can read: your account and its sign-ins, your onboarding, and your
        applications and contracts with their reviews.
      </p>
      <p class="acts">
        <button type="button" onClick={() => void take()} data-testid="export">
          Save a copy
        </button>
      </p>
      {endsAtMs === null ? (
        <>
          <p>
            Your account can rest: you are signed out everywhere, and a link that we send you when you sign in wakes it again. Or it is
            erased for good, thirty days after you ask for it.
          </p>
          <p class="acts">
            <button type="button" onClick={() => setAsking("rest")} data-testid="rest">
              Let my account rest…
            </button>
            <button type="button" onClick={() => setAsking("erase")} data-testid="erase">
              Erase my account…
            </button>
          </p>
        </>
      ) : (
        <>
          <p data-testid="erasure-pending">
            Your account will be erased {sayDay(endsAtMs)}. Until then you can use it, save a copy, or stay.
          </p>
          <p class="acts">
            <button type="button" class="primary" onClick={() => void stay()} data-testid="keep">
              Keep my account
            </button>
          </p>
        </>
      )}
      {asking === "rest" ? (
        <ConfirmDialog
          title="Let your account rest?"
          act="Let it rest"
          done={(isMeant) => {
            setAsking(null);
            if (isMeant) void rest();
          }}
        >
          You are signed out everywhere, at once. An exam that you are sitting goes on without you until its time is up. To use the account
          again within a year, sign in and open the link that we then send you.
        </ConfirmDialog>
      ) : null}
      {asking === "erase" ? (
        <ConfirmDialog
          title="Erase your account?"
          act="Erase it in thirty days"
          done={(isMeant) => {
            setAsking(null);
            if (isMeant) void end();
          }}
        >
          You have thirty days to change your mind, here. Then your name, your address and your sign-ins are gone, and you leave every
          organisation. Save a copy first if you want one.
        </ConfirmDialog>
      ) : null}
    </Part>
  );
}
