import { render } from "preact";
import type { Items } from "../shared/accounts";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress, useComingBack, useUntilKnown } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { type RightsListed, type RightsState, isKnown, sayWhen } from "../shared/review_told";
import { sayCount } from "../shared/wording";
import { OwnCase } from "./own_case";
import "./rights.css";

const api = openApi();

/** Everything that was watched of me: a list, or one exam; the address holds which. */
function RightsPage() {
  const list = useRead<Items<RightsListed>>(api, "/v1/proctoring/rights");
  const chosen = useAddress(() => list.again());
  useComingBack(() => list.again());
  useUntilKnown(list.value === null || list.value.items.every(isKnown), () => list.again());
  return (
    <PageFrame
      title="What was flagged"
      nav={
        <>
          <a href="/exams">Your exams</a>
          <a href="/account">Your account</a>
        </>
      }
      read={list}
      waiting="Looking for your watched exams…"
    >
      {({ items }) => (chosen === "" ? <List items={items} /> : <OwnCase key={chosen} api={api} attemptId={decodeURIComponent(chosen)} />)}
    </PageFrame>
  );
}

function List({ items }: { items: readonly RightsListed[] }) {
  if (items.length === 0) return <p class="nothing" data-testid="nothing-watched">You have sat no exam before a camera.</p>;
  return (
    <section class="own-list" aria-label="Your exams before a camera">
      <p class="hint">What was flagged is shown to you, with who looked at it and when. It counts only after people looked.</p>
      <ul class="lines">
        {items.map((one) => (
          <li key={one.attempt_id} data-testid="watched" data-state={one.state}>
            <div>
              <strong>{one.exam_title}</strong>
              <span class="since">
                Attempt {one.number}
                {one.over_at_ms === null ? "" : ` · ${sayWhen(one.over_at_ms)}`} · {SAID[one.state]}
                {one.flags === 0 ? "" : ` · ${sayCount(one.flags, "flag", "flags")}`}
              </span>
            </div>
            <a class="button" href={`#${encodeURIComponent(one.attempt_id)}`}>
              Look<span class="unseen"> at {one.exam_title}, attempt {one.number}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const SAID: Readonly<Record<RightsState, string>> = {
  not_known_yet: "not known yet whether anything was flagged",
  no_flags: "nothing to review",
  being_reviewed: "being reviewed",
  cleared: "nothing held against you",
  decided: "decided, and you may contest it",
  contested: "contested",
  final: "decided",
  overturned: "overturned",
};

const page = document.getElementById("page");
if (page !== null) render(<RightsPage />, page);
