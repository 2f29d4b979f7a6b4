import { render } from "preact";
import { useEffect } from "preact/hooks";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import type { ReviewQueue } from "../shared/review_told";
import { Case } from "./case";
import { Queue } from "./queue";
import "./reviews.css";

const api = openApi();
const LOOK_EVERY_MS = 10_000;

/** The queue, or one case of it; the address holds which, so Back leads back. */
function ReviewsPage() {
  const queue = useRead<ReviewQueue>(api, "/v1/proctoring/reviews");
  const chosen = useAddress(() => queue.again());
  useEffect(() => {
    const looking = setInterval(() => chosen === "" && !document.hidden && queue.again(), LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [chosen]);
  return (
    <PageFrame
      title="Reviews"
      nav={
        <>
          <a href="/results">Results</a>
          <a href="/account">Your account</a>
        </>
      }
      read={queue}
      waiting="Looking for what there is to review…"
    >
      {(told) => (chosen === "" ? <Queue queue={told} /> : <Case key={chosen} api={api} reviewId={decodeURIComponent(chosen)} />)}
    </PageFrame>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ReviewsPage />, page);
