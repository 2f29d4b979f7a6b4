import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MyExams, OwnCredential, OwnResultListed } from "../shared/exams_told";
import type { Items } from "../shared/accounts";
import { Failure } from "../shared/form";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import { AttemptLine } from "./attempt_line";
import { Credentials } from "./credentials";
import "./exams.css";
import { InvitationCard } from "./invitation_card";
import { openAttempt } from "./saying";

const api = openApi();

function ExamsPage() {
  const [exams, setExams] = useState<MyExams | null>(null);
  const [results, setResults] = useState<readonly OwnResultListed[]>([]);
  const [credentials, setCredentials] = useState<readonly OwnCredential[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [skewMs, setSkewMs] = useState(0);

  const read = async (): Promise<void> => {
    const answer = await api.ask<MyExams>("GET", "/v1/exams/mine");
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
    if ("problem" in answer) return;
    setExams(answer.reply);
    setSkewMs(answer.reply.server_time_ms - Date.now());
    // Results and credentials are extras: the page is of use without them.
    const [told, given] = await Promise.all([
      api.ask<Items<OwnResultListed>>("GET", "/v1/results/mine"),
      api.ask<Items<OwnCredential>>("GET", "/v1/credentials/mine"),
    ]);
    if ("reply" in told) setResults(told.reply.items);
    if ("reply" in given) setCredentials(given.reply.items);
  };
  useEffect(() => {
    void read();
    const lookAgain = (): void => void (document.hidden || read());
    const comeBack = (event: PageTransitionEvent): void => void (event.persisted && location.reload());
    document.addEventListener("visibilitychange", lookAgain);
    addEventListener("pageshow", comeBack);
    return () => {
      document.removeEventListener("visibilitychange", lookAgain);
      removeEventListener("pageshow", comeBack);
    };
  }, []);

  return (
    <>
      <Masthead>
        <a href="/account">Your account</a>
      </Masthead>
      <main>
        <h1>Your exams</h1>
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
        {exams === null ? (
          problem === null ? (
            <p class="empty" role="status">
              Looking for your exams…
            </p>
          ) : null
        ) : (
          <Listed exams={exams} results={results} credentials={credentials} nowMs={Date.now() + skewMs} />
        )}
      </main>
    </>
  );
}

function Listed(props: {
  exams: MyExams;
  results: readonly OwnResultListed[];
  credentials: readonly OwnCredential[];
  nowMs: number;
}) {
  const { exams, nowMs } = props;
  const isAhead = (closesAtMs: number): boolean => nowMs < closesAtMs;
  const ahead = exams.invitations.filter((each) => openAttempt(each) !== null || each.may_begin || isAhead(each.closes_at_ms));
  const resultOf = (attemptId: string): OwnResultListed | null => props.results.find((each) => each.attempt_id === attemptId) ?? null;
  // The one that is under way stands on its card.
  const past = exams.invitations.flatMap((each) => each.attempts.filter((attempt) => attempt !== openAttempt(each)));
  const attempts = [...past, ...exams.others].toSorted(
    (one, other) => (other.started_at_ms ?? other.state_since_ms) - (one.started_at_ms ?? one.state_since_ms),
  );
  if (exams.invitations.length === 0 && attempts.length === 0) {
    return (
      <section class="nothing" data-testid="no-exams">
        <h2>You are not invited to an exam yet</h2>
        <p>
          An exam appears here as soon as somebody invites the address of your account. If you were invited at another address,
          change it in <a href="/account#email">your account</a>, or ask whoever invited you to use this one.
        </p>
        <p>
          Would you like to see what it is like? <a href="/">Sit the demo exam.</a>
        </p>
      </section>
    );
  }
  return (
    <>
      <section class="ahead" aria-labelledby="ahead-title">
        <h2 id="ahead-title">To sit</h2>
        {ahead.length === 0 ? (
          <p class="empty">Nothing at the moment. What you are invited to next appears here.</p>
        ) : (
          <ul class="cards">
            {ahead.map((invitation) => (
              <InvitationCard key={invitation.id} api={api} invitation={invitation} nowMs={nowMs} />
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="attempts-title">
        <h2 id="attempts-title">Your attempts</h2>
        {attempts.length === 0 ? (
          <p class="empty">None yet. After an exam you find its receipt and its result here.</p>
        ) : (
          <ul class="lines">
            {attempts.map((attempt) => (
              <AttemptLine key={attempt.id} api={api} attempt={attempt} result={resultOf(attempt.id)} />
            ))}
          </ul>
        )}
      </section>
      <Credentials credentials={props.credentials} />
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ExamsPage />, page);
