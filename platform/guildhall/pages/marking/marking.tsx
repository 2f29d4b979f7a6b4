import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Items } from "../shared/accounts";
import { MARKING, useOwners } from "../shared/organisations";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import type { QuestionListed } from "../shared/results_told";
import { Desk } from "./desk";
import "./marking.css";
import { Queue } from "./queue";

const api = openApi();
const LOOK_EVERY_MS = 10_000;

/** The queue; with a question chosen, its answers one after another. The address holds which, so Back leads back. */
function MarkingPage() {
  const queue = useRead<Items<QuestionListed>>(api, "/v1/marking");
  const owners = useOwners(api, "/v1", MARKING);
  const chosen = useAddress(() => queue.again());
  // With its last answer marked a question leaves the queue: its desk stays until somebody leaves it, to look back from.
  const marked = useRef<QuestionListed | null>(null);
  useEffect(() => {
    // The queue says that answers appear by themselves; whoever marks one is not disturbed.
    const looking = setInterval(() => chosen === "" && !document.hidden && queue.again(), LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [chosen]);
  return (
    <PageFrame
      title="Marking"
      nav={
        <>
          <a href="/results">Results</a>
          <a href="/account">Your account</a>
        </>
      }
      read={queue}
      waiting="Looking for what there is to mark…"
    >
      {({ items }) => {
        const waiting = items.find((each) => addressOf(each) === chosen);
        const last = marked.current;
        const isLast = waiting === undefined && last !== null && addressOf(last) === chosen;
        const question = isLast ? { ...last, final: last.total, mine_open: 0 } : waiting;
        marked.current = question ?? null;
        return question === undefined ? (
          <Queue questions={items} owners={owners.value} isGone={chosen !== ""} />
        ) : (
          <Desk key={chosen} api={api} question={question} changed={() => queue.again()} />
        );
      }}
    </PageFrame>
  );
}

export function addressOf(question: QuestionListed): string {
  return `${question.delivery_id}/${question.version_id}`;
}

const page = document.getElementById("page");
if (page !== null) render(<MarkingPage />, page);
