import { signInAddress } from "../shared/next_path";
import type { ExamDesk } from "./exam/desk";

/** What to do where this browser is signed out: in another tab, so that nothing of this page has to go. */
export function SignInAgain({ desk }: { desk: ExamDesk }) {
  const name = desk.attempt?.candidate_name ?? "";
  const isSomebodyElse = desk.pass.problem !== null && desk.pass.problem.status !== 401;
  return (
    <>
      {isSomebodyElse ? "Somebody else is signed in in this browser. " : "You are signed out in this browser. "}
      <a href={signInAddress("/exams")} target="_blank" rel="noopener" data-testid="sign-in-again">
        Sign in{name === "" ? " again" : ` as ${name}`} in a new tab
      </a>
      , then come back to this one: it goes on by itself.
    </>
  );
}
