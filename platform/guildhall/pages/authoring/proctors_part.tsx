import { useState } from "preact/hooks";
import type { Items } from "../shared/accounts";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { ProctorAssigned } from "../shared/supervised";
import type { Desk } from "./desk";
import { useRead, Waiting } from "../shared/reading";

/** Who watches a delivery: nobody else does but the platform's administrators. */
export function ProctorsPart({ desk, path }: { desk: Desk; path: string }) {
  const assigned = useRead<Items<ProctorAssigned>>(desk, `${path}/proctors`);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState("");
  const items = assigned.value?.items ?? [];
  const assigning = useSubmit(
    (entered) => desk.ask<ProctorAssigned>("POST", `${path}/proctors`, { email: entered.text("proctor_email") }),
    (reply) => {
      setTold(`${reply.name} supervises this delivery.`);
      assigned.put({ items: [...items.filter((one) => one.account_id !== reply.account_id), reply] });
    },
  );
  const withdraw = async (proctor: ProctorAssigned): Promise<void> => {
    const answer = await desk.ask("DELETE", `${path}/proctors/${encodeURIComponent(proctor.account_id)}`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    setTold(`${proctor.name} supervises it no more: their wall closes within seconds.`);
    assigned.put({ items: items.filter((one) => one.account_id !== proctor.account_id) });
  };
  return (
    <>
      <h2 data-testid="proctors">Proctors</h2>
      <Waiting read={assigned} />
      {assigned.value !== null && items.length === 0 ? (
        <p class="nothing">Nobody watches this delivery yet, except the platform's administrators. Assign a proctor below.</p>
      ) : null}
      <ul class="lines">
        {items.map((proctor) => (
          <li key={proctor.account_id} data-testid="proctor">
            <div>
              <strong>{proctor.name}</strong>
            </div>
            <button type="button" onClick={() => void withdraw(proctor)}>
              Take off<span class="unseen"> {proctor.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <Failure problem={problem} />
      <form class="form panel" onSubmit={assigning.onSubmit}>
        <Failure problem={assigning.problem} />
        <Field key={items.length} name="proctor_email" label="A proctor's e-mail" type="email" autocomplete="off" problem={assigning.problem} />
        <Submit busy={assigning.busy} testid="assign-proctor">
          Assign
        </Submit>
        <p role="status">{told}</p>
      </form>
    </>
  );
}
