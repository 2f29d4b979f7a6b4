import { render } from "preact";
import { STATE_WORDS } from "../shared/onboarding";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useList } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayDay } from "../shared/wording";
import { CasePart } from "./case_part";
import "./onboarding_reviews.css";
import type { Listed } from "./told";

const api = openApi();
const LOOK_MS = 15_000;

/** Who waits for a reviewer, whoever was promised an answer first, first; with one chosen by the address, their case. */
function ReviewsPage() {
  const read = useList<Listed>(api, "/v1/onboarding/reviews");
  const chosen = useAddress(() => read.again());
  useLooking(api, ["onboarding"], () => read.hasMore || read.again(), LOOK_MS);
  return (
    <PageFrame title="Onboarding reviews" nav={<a href="/account">Your account</a>} read={read} waiting="Looking who waits…">
      {(cases) => (chosen === "" ? <Queue cases={cases} hasMore={read.hasMore} more={() => read.more()} /> : <CasePart key={chosen} api={api} onboardingId={chosen} />)}
    </PageFrame>
  );
}

function Queue({ cases, hasMore, more }: { cases: readonly Listed[]; hasMore: boolean; more: () => void }) {
  if (cases.length === 0) {
    return (
      <p class="nothing" data-testid="nobody-waits">
        Nobody waits for a reviewer. Whoever hands their onboarding in stands here, with the time until when an answer was promised to them.
      </p>
    );
  }
  return (
    <>
      <ul class="lines" data-testid="queue">
        {cases.map((one) => (
          <li key={one.onboarding_id} data-testid="case" data-state={one.state}>
            <div>
              <strong>{one.name}</strong>
              <span class="since">
                {STATE_WORDS[one.state]}
                {one.is_appeal ? ", an appeal" : ""}
                {one.reviewer_id === "" ? "" : one.is_mine ? ", taken by you" : ", taken by somebody else"}
              </span>
              <span class={one.is_overdue ? "wrong" : "since"}>
                Promised {one.is_overdue ? "and late: " : "until "}
                {sayDay(one.promised_at_ms)}
              </span>
            </div>
            <a class="button" href={`#${one.onboarding_id}`}>
              Open<span class="unseen">: {one.name}</span>
            </a>
          </li>
        ))}
      </ul>
      {hasMore ? (
        <p>
          <button type="button" onClick={more}>
            Show more
          </button>
        </p>
      ) : null}
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ReviewsPage />, page);
