import { render } from "preact";
import { useState } from "preact/hooks";
import type { SecondFactorAsked, SessionOpened } from "../shared/accounts";
import { Masthead } from "../shared/masthead";
import { readNext } from "../shared/next_path";
import { openApi } from "../shared/page_api";
import { CodeStep } from "./code_step";
import { PasswordStep } from "./password_step";
import "./sign_in.css";

const api = openApi();

/** Keeps the pass and goes on to where the person wanted to go, or to what their account needs first. */
function enter(opened: SessionOpened): void {
  api.vault.keep(opened);
  const home = opened.needs_second_factor ? "/account#second-factor" : "/home";
  location.replace(opened.needs_second_factor ? home : (readNext(location.search, location.origin) ?? home));
}

function SignIn() {
  const [flow, setFlow] = useState<string | null>(null);
  const go = (opened: SessionOpened | SecondFactorAsked): void =>
    opened.status === "signed_in" ? enter(opened) : setFlow(opened.flow);
  return (
    <>
      <Masthead>
        <a href={`/sign-up${location.search}`}>Sign up</a>
      </Masthead>
      <main>
        {flow === null ? (
          <PasswordStep api={api} go={go} />
        ) : (
          <CodeStep api={api} flow={flow} go={go} again={() => setFlow(null)} />
        )}
      </main>
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<SignIn />, page);
