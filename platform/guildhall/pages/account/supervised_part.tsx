import type { Account } from "../shared/accounts";
import type { Api } from "../shared/api";
import { SupervisedList, supervises } from "../shared/supervised_list";
import { Part } from "./part";

/** The exams that a proctor watches, each with the way to its wall. */
export function SupervisedPart({ api, account }: { api: Api; account: Account }) {
  return supervises(account) ? (
    <Part id="supervised" title="Exams you supervise">
      <SupervisedList api={api} account={account} />
    </Part>
  ) : null;
}
