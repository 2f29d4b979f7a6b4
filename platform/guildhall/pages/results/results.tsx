import { render } from "preact";
import type { Items } from "../shared/accounts";
import { type Owner, RESULTS, sayOwner, useOwners } from "../shared/organisations";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import type { DeliveryResults } from "../shared/results_told";
import { sayCount, sayDay } from "../shared/wording";
import { CandidatePart } from "./candidate_part";
import { DeliveryPart } from "./delivery_part";
import "./results.css";

const api = openApi();

/** Deliveries; with one chosen by the address, its results and how its items worked; with a result, all of that one. */
function ResultsPage() {
  const deliveries = useRead<Items<DeliveryResults>>(api, "/v1/results/deliveries");
  const owners = useOwners(api, "/v1", RESULTS);
  const chosen = useAddress(() => deliveries.again());
  const [deliveryId = "", resultId = ""] = chosen.split("/");
  return (
    <PageFrame
      title="Results"
      nav={
        <>
          <a href="/marking">Marking</a>
          <a href="/reviews">Reviews</a>
          <a href="/fairness">Fairness</a>
          <a href="/account">Your account</a>
        </>
      }
      read={deliveries}
      waiting="Looking for results…"
    >
      {({ items }) => {
        if (deliveryId === "") return <Deliveries deliveries={items} owners={owners.value} />;
        if (resultId === "") return <DeliveryPart key={chosen} api={api} deliveryId={deliveryId} />;
        return <CandidatePart key={chosen} api={api} deliveryId={deliveryId} resultId={resultId} />;
      }}
    </PageFrame>
  );
}

function Deliveries({ deliveries, owners }: { deliveries: readonly DeliveryResults[]; owners: readonly Owner[] | null }) {
  if (deliveries.length === 0) {
    return (
      <p class="nothing" data-testid="no-deliveries">
        No exam of yours has been given to anybody yet. Once people sit one, their results are here.
      </p>
    );
  }
  return (
    <ul class="lines">
      {deliveries.map((delivery) => (
        <li key={delivery.delivery_id} data-testid="delivery">
          <div>
            <strong>{delivery.title}</strong>
            <span class="since">
              {sayOwner(owners, delivery.organisation_id) === "" ? "" : `${sayOwner(owners, delivery.organisation_id)}. `}
              {delivery.is_practice ? "Practice run. " : ""}Closes {sayDay(delivery.closes_at_ms)}. {sayCounts(delivery)}
            </span>
          </div>
          <a class="button" href={`#${delivery.delivery_id}`}>
            Open<span class="unseen">: {delivery.title}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function sayCounts({ counts }: DeliveryResults): string {
  const marking = (counts.marking ?? 0) + (counts.reconciling ?? 0);
  const said = [
    [marking, "being marked"],
    [counts.marked ?? 0, "to release"],
    [counts.held ?? 0, "held for now"],
    [counts.released ?? 0, "released"],
    [counts.withheld ?? 0, "withheld"],
  ] as const;
  const there = said.filter(([count]) => count > 0);
  if (there.length === 0) return "Nobody has handed in yet.";
  return `${there.map(([count, words]) => `${sayCount(count, words, words)}`).join(", ")}.`;
}

const page = document.getElementById("page");
if (page !== null) render(<ResultsPage />, page);
