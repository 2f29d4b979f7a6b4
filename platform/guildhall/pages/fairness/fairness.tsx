import { render } from "preact";
import type { Items } from "../shared/accounts";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { Waiting, useRead } from "../shared/reading";
import { sayCount } from "../shared/wording";
import "./fairness.css";
import { type Comparison, Shares } from "./shares";

interface FairnessShown {
  readonly title: string;
  readonly sessions: number;
  readonly most_sessions: number;
  readonly comparisons: readonly Comparison[];
}

interface Delivery {
  readonly delivery_id: string;
  readonly title: string;
}

const api = openApi();

/** Whether flags fall on some people more than on others; the address holds which delivery is looked at. */
function FairnessPage() {
  const deliveries = useRead<Items<Delivery>>(api, "/v1/results/deliveries");
  const chosen = useAddress();
  return (
    <PageFrame
      title="Fairness"
      nav={
        <>
          <a href="/results">Results</a>
          <a href="/reviews">Reviews</a>
          <a href="/account">Your account</a>
        </>
      }
      read={deliveries}
      waiting="Looking for exams…"
    >
      {({ items }) => (
        <>
          <label>
            Exam{" "}
            <select value={chosen} onChange={(event) => (location.hash = event.currentTarget.value)} data-testid="fairness-of">
              <option value="">Choose one</option>
              {items.map((one) => (
                <option key={one.delivery_id} value={one.delivery_id}>
                  {one.title}
                </option>
              ))}
            </select>
          </label>
          {chosen === "" ? <p class="hint">Who was flagged, and who could not be seen well, by what was measured of them.</p> : <Report key={chosen} deliveryId={chosen} />}
        </>
      )}
    </PageFrame>
  );
}

function Report({ deliveryId }: { deliveryId: string }) {
  const read = useRead<FairnessShown>(api, `/v1/proctoring/fairness?delivery_id=${encodeURIComponent(deliveryId)}`);
  if (read.value === null) return <Waiting read={read} words="Reading what was measured; a large exam takes some seconds…" />;
  const { title, sessions, most_sessions, comparisons } = read.value;
  if (sessions === 0) return <p class="nothing">Nobody has sat {title} before a camera yet.</p>;
  return (
    <>
      <h2>{title}</h2>
      <p class="hint" data-testid="fairness">
        {sayCount(sessions, "session is", "sessions are")} compared{sessions === most_sessions ? `, the newest ${most_sessions}` : ""}. The lines are 95 %
        intervals: of few people a share says little. Groups are said to differ only where their lines do not meet.
      </p>
      <p class="legend" aria-hidden="true">
        <span>Flagged, for people to review</span>
        <span>Could not be seen at some time</span>
      </p>
      {comparisons.map((one) => (
        <Shares key={one.by} comparison={one} />
      ))}
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<FairnessPage />, page);
