import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Items } from "../shared/accounts";
import { Failure } from "../shared/form";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import type { DeliveryResults } from "../shared/results_told";
import { sayCount, sayDay } from "../shared/wording";
import { DeliveryPart } from "./delivery_part";
import "./results.css";

const api = openApi();

/** Deliveries; with one chosen by the address, its results and how its items worked. */
function ResultsPage() {
  const [deliveries, setDeliveries] = useState<readonly DeliveryResults[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState(location.hash.slice(1));

  const read = async (): Promise<void> => {
    const answer = await api.ask<Items<DeliveryResults>>("GET", "/v1/results/deliveries");
    if ("reply" in answer) setDeliveries(answer.reply.items);
    setProblem("problem" in answer && answer.problem.type !== "signed-out" ? answer.problem : null);
  };
  useEffect(() => {
    void read();
    const turn = (): void => {
      setChosen(location.hash.slice(1));
      void read();
    };
    addEventListener("hashchange", turn);
    return () => removeEventListener("hashchange", turn);
  }, []);

  return (
    <>
      <Masthead>
        <a href="/marking">Marking</a>
        <a href="/account">Your account</a>
      </Masthead>
      <main>
        <h1>Results</h1>
        {problem === null ? null : (
          <>
            <Failure problem={problem} />
            <p>
              <button type="button" onClick={() => void read()}>
                Try again
              </button>
            </p>
          </>
        )}
        {chosen === "" ? <Deliveries deliveries={deliveries} /> : <DeliveryPart key={chosen} api={api} deliveryId={chosen} />}
      </main>
    </>
  );
}

function Deliveries({ deliveries }: { deliveries: readonly DeliveryResults[] | null }) {
  if (deliveries === null) return <p role="status">Looking for results…</p>;
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
    [counts.released ?? 0, "released"],
    [counts.withheld ?? 0, "withheld"],
  ] as const;
  const there = said.filter(([count]) => count > 0);
  if (there.length === 0) return "Nobody has handed in yet.";
  return `${there.map(([count, words]) => `${sayCount(count, words, words)}`).join(", ")}.`;
}

const page = document.getElementById("page");
if (page !== null) render(<ResultsPage />, page);
