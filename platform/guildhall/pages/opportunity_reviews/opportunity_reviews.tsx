import { render } from "preact";
import { type OpportunityToReview, sayPay } from "../shared/hiring_told";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useList } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayDay } from "../shared/wording";
import { OnePart } from "./one_part";
import "./opportunity_reviews.css";

const api = openApi();

/** What waits to be looked at before it is published, the longest waiting first; with one chosen by the address, that. */
function ReviewsPage() {
  const read = useList<OpportunityToReview>(api, "/v1/moderation/opportunities");
  const chosen = useAddress(() => read.again());
  useLooking(api, ["opportunities"], () => read.hasMore || read.again());
  return (
    <PageFrame title="Opportunity reviews" nav={<a href="/account">Your account</a>} read={read} waiting="Looking what waits…">
      {(waiting) => (chosen === "" ? <Queue waiting={waiting} hasMore={read.hasMore} more={() => read.more()} /> : <OnePart key={chosen} api={api} opportunityId={chosen} />)}
    </PageFrame>
  );
}

function Queue({ waiting, hasMore, more }: { waiting: readonly OpportunityToReview[]; hasMore: boolean; more: () => void }) {
  if (waiting.length === 0) {
    return (
      <p class="nothing" data-testid="nothing-waits">
        Nothing waits to be published. Which opportunities are looked at before, the house decides in its configuration.
      </p>
    );
  }
  return (
    <>
      <ul class="lines" data-testid="queue">
        {waiting.map((one) => (
          <li key={one.opportunity_id} data-testid="waiting">
            <div>
              <strong>{one.title}</strong>
              <span class="since">
                {one.client} · {sayPay(one)} · waits since {sayDay(one.waits_since_ms)}
                {one.is_mine ? ", taken by you" : one.is_taken ? ", taken by somebody else" : ""}
              </span>
            </div>
            <a class="button" href={`#${one.opportunity_id}`}>
              Open<span class="unseen">: {one.title}</span>
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
