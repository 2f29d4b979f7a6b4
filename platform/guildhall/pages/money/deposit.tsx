import type { Api } from "../shared/api";
import { useRead } from "../shared/reading";

interface Deposit {
  readonly holder: string;
  readonly iban: string;
  readonly bic: string;
  readonly reference: string;
}

/** Where to pay in by bank transfer, and what to write on it; nothing where the house takes none. */
export function ByTransfer({ api, organisation = "" }: { api: Api; organisation?: string }) {
  const deposit = useRead<Deposit>(api, `/v1/money/deposit${organisation === "" ? "" : `?organisation=${organisation}`}`).value;
  if (deposit === null || deposit.iban === "") return null;
  return (
    <details data-testid="by-transfer">
      <summary>Pay in by bank transfer</summary>
      <p>
        To {deposit.holder}, <code>{deposit.iban}</code>
        {deposit.bic === "" ? "" : `, ${deposit.bic}`}. Write this reference on it, and nothing else: <code>{deposit.reference}</code>
      </p>
      <p class="hint">It stands here when the bank has told us, most times on the next working day.</p>
    </details>
  );
}
