import { render } from "preact";
import { STATE_WORDS } from "../shared/onboarding";
import { openApi } from "../shared/page_api";
import { QueuePage, sayTaken } from "../shared/review_queue/queue";
import { CasePart } from "./case_part";
import "./onboarding_reviews.css";
import { type Listed, sayPromised } from "./told";

const api = openApi();
const LOOK_MS = 15_000;

/** Who waits for a reviewer, whoever was promised an answer first, first; with one chosen by the address, their case. */
function ReviewsPage() {
  return (
    <QueuePage<Listed>
      api={api}
      title="Onboarding reviews"
      path="/v1/onboarding/reviews"
      watches={["onboarding"]}
      lookMs={LOOK_MS}
      waiting="Looking who waits…"
      nothing={
        <p class="nothing" data-testid="nobody-waits">
          Nobody waits for a reviewer. Whoever hands their onboarding in stands here, with the time until when an answer was promised to them.
        </p>
      }
      line={(one) => ({
        id: one.onboarding_id,
        name: one.name,
        testId: "case",
        state: one.state,
        about: (
          <>
            <span class="since">
              {STATE_WORDS[one.state]}
              {one.is_appeal ? ", an appeal" : ""}
              {sayTaken(one.reviewer_id !== "", one.is_mine)}
            </span>
            <span class={one.is_overdue ? "wrong" : "since"}>{sayPromised(one)}</span>
          </>
        ),
      })}
    >
      {(chosen) => <CasePart key={chosen} api={api} onboardingId={chosen} />}
    </QueuePage>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ReviewsPage />, page);
