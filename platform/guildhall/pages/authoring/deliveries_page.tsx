import type { DeliveryListed } from "./authored";
import type { Desk } from "./desk";
import { type Owner, sayOwner } from "../shared/organisations";
import { useList, Waiting } from "../shared/reading";

/** All deliveries, the newest first. */
export function DeliveriesPage({ desk, owners }: { desk: Desk; owners: readonly Owner[] | null }) {
  const deliveries = useList<DeliveryListed>(desk, "/deliveries");
  return (
    <>
      <h1 tabIndex={-1}>Deliveries</h1>
      <Waiting read={deliveries} />
      {deliveries.value?.length === 0 ? (
        <p class="nothing">
          A delivery gives a published exam to certain people within a window. Open an <a href="#/exams">exam</a> to make one.
        </p>
      ) : null}
      <ul class="lines" data-testid="deliveries">
        {deliveries.value?.map((one) => (
          <li key={one.delivery_id}>
            <a href={`#/deliveries/${one.delivery_id}`}>{one.title}</a>
            <span class="hint">
              {[sayOwner(owners, one.organisation_id), one.is_cancelled ? "cancelled" : "", one.is_practice ? "practice" : "", sayWindow(one)]
                .filter((words) => words !== "")
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
      {deliveries.hasMore ? (
        <button type="button" onClick={() => deliveries.more()}>
          Show more
        </button>
      ) : null}
    </>
  );
}

export function sayWindow(one: DeliveryListed): string {
  const say = (at_ms: number): string => new Date(at_ms).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return `${one.opens_at_ms === 0 ? "open" : say(one.opens_at_ms)} until ${say(one.closes_at_ms)}`;
}
