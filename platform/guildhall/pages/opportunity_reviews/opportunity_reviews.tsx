import { render } from "preact";
import { type OpportunityToReview, sayPay } from "../shared/hiring_told";
import { openApi } from "../shared/page_api";
import { QueuePage, sayTaken } from "../shared/review_queue/queue";
import { sayDay } from "../shared/wording";
import { OnePart } from "./one_part";
import "./opportunity_reviews.css";

const api = openApi();

/** What waits to be looked at before it is published, the longest waiting first; with one chosen by the address, that. */
function ReviewsPage() {
  return (
    <QueuePage<OpportunityToReview>
      api={api}
      title="Opportunity reviews"
      path="/v1/moderation/opportunities"
      watches={["opportunities"]}
      waiting="Looking what waits…"
      nothing={
        <p class="nothing" data-testid="nothing-waits">
          Nothing waits to be published. Which opportunities are looked at before, the house decides in its configuration.
        </p>
      }
      line={(one) => ({
        id: one.opportunity_id,
        name: one.title,
        testId: "waiting",
        about: (
          <span class="since">
            {one.client} · {sayPay(one)} · waits since {sayDay(one.waits_since_ms)}
            {sayTaken(one.is_taken, one.is_mine)}
          </span>
        ),
      })}
    >
      {(chosen) => <OnePart key={chosen} api={api} opportunityId={chosen} />}
    </QueuePage>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ReviewsPage />, page);
