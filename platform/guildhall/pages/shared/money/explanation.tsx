import { useState } from "preact/hooks";
import { type Asks, useRead, Waiting } from "../reading";
import { capital } from "./accounts";
import { type ExplainedShown, type PostingShown, sayDay, sayMoney, sayPlain } from "./told";

/** Every line that made an account what it is, the first one first, with the balance after each. */
export function Explanation({ api, path, account, back = "" }: { api: Asks; path: string; account: string; back?: string }) {
  const [after, setAfter] = useState<readonly number[]>([0]);
  const read = useRead<ExplainedShown>(api, `${path}?account=${encodeURIComponent(account)}&after_block=${after.at(-1) ?? 0}`);
  if (read.value === null) return <Waiting read={read} words="Reading the journal…" />;
  const { account: shown, postings, next_block } = read.value;
  return (
    <section aria-label="Explanation" class="explanation">
      <h2>
        {capital(sayPlain(shown.kind))}: {sayMoney(shown.posted, shown.currency)}
      </h2>
      <p class="hint">
        <code>{shown.account}</code>
      </p>
      {postings.length === 0 ? (
        <p class="nothing">Nothing was booked yet.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Lines">
          <table data-testid="lines">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col" class="number">
                  Amount
                </th>
                <th scope="col" class="number">
                  Then
                </th>
              </tr>
            </thead>
            <tbody>
              {postings.map((one) => (
                <Row key={one.entry} one={one} currency={shown.currency} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="acts">
        {next_block === null ? null : (
          <button type="button" onClick={() => setAfter([...after, next_block])}>
            Later lines
          </button>
        )}
        {after.length === 1 ? null : (
          <button type="button" onClick={() => setAfter(after.slice(0, -1))}>
            Earlier lines
          </button>
        )}
        <a class="button" href={`#${back}`}>
          Back to all
        </a>
      </p>
    </section>
  );
}

function Row({ one, currency }: { one: PostingShown; currency: string }) {
  const reserved = one.reserved === 0 ? "" : one.reserved > 0 ? `reserves ${sayMoney(one.reserved, currency)}` : `lets go of ${sayMoney(-one.reserved, currency)}`;
  return (
    <tr>
      <td>{sayDay(one.at_ms)}</td>
      <td>
        {capital(sayPlain(one.purpose))}
        {reserved === "" ? null : <span class="since"> ({reserved})</span>}
        <br />
        <code class="entry">{one.entry}</code>
      </td>
      <td class="number">{one.posted === 0 ? "" : sayMoney(one.posted, currency)}</td>
      <td class="number">{sayMoney(one.balance, currency)}</td>
    </tr>
  );
}
