import { useState } from "preact/hooks";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { Bank } from "./authored";
import type { Desk } from "./desk";
import { ForWhom, NobodyToWriteFor } from "./for_whom";
import { type Owner, sayOwner } from "../shared/organisations";
import { type Read, useList, Waiting } from "../shared/reading";

/** The banks one may write, and a new one. */
export function BanksPage({ desk, owners }: { desk: Desk; owners: Read<readonly Owner[]> }) {
  const banks = useList<Bank>(desk, "/banks");
  const [isNew, setIsNew] = useState(false);
  const making = useSubmit(
    (entered) => desk.ask<Bank>("POST", "/banks", { name: entered.text("name"), organisation_id: entered.text("organisation_id") }),
    (bank) => location.assign(`#/banks/${bank.bank_id}`),
  );
  return (
    <>
      <h1 tabIndex={-1}>Question banks</h1>
      <Waiting read={banks} />
      {banks.value?.length === 0 && owners.value?.length !== 0 ? (
        <p class="nothing">
          A bank holds the questions that exams are drawn from, with tags and difficulty. You have none yet: begin one,
          then write questions or import them.
        </p>
      ) : null}
      <ul class="lines" data-testid="banks">
        {banks.value?.map((bank) => (
          <li key={bank.bank_id}>
            <a href={`#/banks/${bank.bank_id}`}>{bank.name}</a>
            <span class="hint">
              {[sayOwner(owners.value, bank.organisation_id), bank.is_archived ? "archived" : "", sayItems(bank)].filter((words) => words !== "").join(" · ")}
            </span>
          </li>
        ))}
      </ul>
      {banks.hasMore ? (
        <button type="button" onClick={() => banks.more()}>
          Show more
        </button>
      ) : null}
      {owners.value?.length === 0 ? (
        <NobodyToWriteFor what="Question banks" />
      ) : isNew && owners.value !== null ? (
        <form class="form panel" onSubmit={making.onSubmit}>
          <Failure problem={making.problem} />
          <Field name="name" label="Name of the bank" autocomplete="off" focused problem={making.problem} />
          <ForWhom owners={owners.value} />
          <Submit busy={making.busy} testid="make-bank">
            Begin it
          </Submit>
        </form>
      ) : (
        <p>
          <button type="button" class="primary" data-testid="new-bank" onClick={() => setIsNew(true)}>
            New bank
          </button>
        </p>
      )}
    </>
  );
}

export function sayItems(bank: Bank): string {
  const { published = 0, draft = 0, retired = 0 } = bank.items;
  if (published + draft + retired === 0) return "empty";
  const parts = [`${published} published`, draft > 0 ? `${draft} in draft` : "", retired > 0 ? `${retired} retired` : ""];
  return parts.filter((part) => part !== "").join(", ");
}
