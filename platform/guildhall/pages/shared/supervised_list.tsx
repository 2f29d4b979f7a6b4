import { useEffect, useState } from "preact/hooks";
import type { Account, Items } from "./accounts";
import type { Api } from "./api";
import { Failure } from "./form";
import type { Problem } from "./messages";
import type { DeliverySupervised } from "./supervised";

const WATCHES: ReadonlySet<string> = new Set(["proctor", "admin"]);

export function supervises(account: Account): boolean {
  return account.roles.some((role) => WATCHES.has(role));
}

/** The exams that a proctor watches, each with the way to its wall; for those who `supervises`. */
export function SupervisedList({ api, account }: { api: Api; account: Account }) {
  const [supervised, setSupervised] = useState<readonly DeliverySupervised[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    void api.ask<Items<DeliverySupervised>>("GET", "/v1/supervised-deliveries").then((answer) => {
      if ("reply" in answer) setSupervised(answer.reply.items);
      else setProblem(answer.problem);
    });
  }, [account.account_id]);
  const open = async (delivery: DeliverySupervised): Promise<void> => {
    const answer = await api.ask<{ url: string }>("POST", "/v1/proctoring/walls", { delivery_id: delivery.delivery_id });
    if ("reply" in answer) location.assign(answer.reply.url);
    else setProblem(answer.problem);
  };
  return (
    <>
      <Failure problem={problem} />
      {supervised?.length === 0 ? <p>You are not assigned to an exam yet. Whoever runs one assigns you to it by your address.</p> : null}
      <p>
        <a href="/reviews">Review what was flagged in exams that are over</a>
      </p>
      <ul class="places">
        {(supervised ?? []).map((delivery) => (
          <li key={delivery.delivery_id} data-testid="supervised-delivery">
            <button type="button" onClick={() => void open(delivery)}>
              Open the wall<span class="unseen">: {delivery.title}</span>
            </button>{" "}
            <span>
              {delivery.title}
              {delivery.is_practice ? ", a practice run" : ""}
              {delivery.is_cancelled ? ", cancelled" : ""}; {sayOpening(delivery)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function sayOpening(delivery: DeliverySupervised): string {
  const say = (atMs: number): string => new Date(atMs).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return delivery.opens_at_ms > Date.now() ? `opens ${say(delivery.opens_at_ms)}` : `open until ${say(delivery.closes_at_ms)}`;
}
