import { render } from "preact";
import { useMemo } from "preact/hooks";
import type { MyExams, OwnCredential, OwnResultListed } from "../shared/exams_told";
import type { Items } from "../shared/accounts";
import { openApi } from "../shared/page_api";
import { PageFrame, useComingBack, useUntilKnown } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { type RightsListed, isKnown } from "../shared/review_told";
import { AttemptLine } from "./attempt_line";
import { Credentials } from "./credentials";
import "./exams.css";
import { InvitationCard } from "./invitation_card";
import { openAttempt } from "./saying";

const api = openApi();

function ExamsPage() {
  const exams = useRead<MyExams>(api, "/v1/exams/mine");
  // Results and credentials are extras: the page is of use without them.
  const results = useRead<Items<OwnResultListed>>(api, "/v1/results/mine");
  const credentials = useRead<Items<OwnCredential>>(api, "/v1/credentials/mine");
  const watched = useRead<Items<RightsListed>>(api, "/v1/proctoring/rights");
  const skewMs = useMemo(() => (exams.value === null ? 0 : exams.value.server_time_ms - Date.now()), [exams.value]);
  useComingBack(() => {
    exams.again();
    results.again();
    credentials.again();
    watched.again();
  });
  useUntilKnown(watched.value === null || watched.value.items.every(isKnown), () => {
    results.again();
    watched.again();
  });
  return (
    <PageFrame title="Your exams" nav={<a href="/account">Your account</a>} read={exams} waiting="Looking for your exams…">
      {(told) => (
        <Listed
          exams={told}
          results={results.value?.items ?? []}
          credentials={credentials.value?.items ?? []}
          watched={watched.value?.items ?? []}
          nowMs={Date.now() + skewMs}
        />
      )}
    </PageFrame>
  );
}

function Listed(props: {
  exams: MyExams;
  results: readonly OwnResultListed[];
  credentials: readonly OwnCredential[];
  watched: readonly RightsListed[];
  nowMs: number;
}) {
  const { exams, nowMs } = props;
  const isAhead = (closesAtMs: number): boolean => nowMs < closesAtMs;
  const ahead = exams.invitations.filter((each) => openAttempt(each) !== null || each.may_begin || isAhead(each.closes_at_ms));
  const resultOf = (attemptId: string): OwnResultListed | null => props.results.find((each) => each.attempt_id === attemptId) ?? null;
  const watchedOf = (attemptId: string): RightsListed | null => props.watched.find((each) => each.attempt_id === attemptId) ?? null;
  // A notice leads to the questions of an invitation: on its card, or else on its first attempt.
  const anchorOf = (attemptId: string): string =>
    exams.invitations.find((each) => !ahead.includes(each) && each.attempts[0]?.id === attemptId)?.id ?? attemptId;
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
        <TryCamera />
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
      <TryCamera />
      <section aria-labelledby="attempts-title">
        <h2 id="attempts-title">Your attempts</h2>
        {attempts.length === 0 ? (
          <p class="empty">None yet. After an exam you find its receipt and its result here.</p>
        ) : (
          <ul class="lines">
            {attempts.map((attempt) => (
              <AttemptLine key={attempt.id} api={api} attempt={attempt} result={resultOf(attempt.id)} watched={watchedOf(attempt.id)} anchor={anchorOf(attempt.id)} />
            ))}
          </ul>
        )}
      </section>
      <Credentials credentials={props.credentials} />
    </>
  );
}

/** Before the day, and not only at the door of the exam. */
function TryCamera() {
  return (
    <p class="hint" data-testid="try-camera">
      <a href="/practice-room">Try your camera, light and connection</a> before an exam that is watched: nobody sees you, and nothing is
      kept.
    </p>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ExamsPage />, page);
