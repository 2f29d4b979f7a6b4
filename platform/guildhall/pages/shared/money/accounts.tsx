import { type AccountShown, sayMoney, sayPlain } from "./told";

/** Accounts with what they hold; each opens why, at an address that begins with `prefix`. */
export function Accounts({ items, empty, prefix = "" }: { items: readonly AccountShown[]; empty: string; prefix?: string }) {
  if (items.length === 0) return <p class="nothing">{empty}</p>;
  return (
    <ul class="lines" data-testid="accounts">
      {items.map((one) => (
        <li key={one.account}>
          <div>
            <strong>{capital(sayPlain(one.kind))}</strong>
            <span class="since">{one.words}</span>
            {one.reserved === 0 ? null : <span class="since">{sayMoney(one.reserved, one.currency)} of it is reserved</span>}
            {one.incoming === 0 ? null : <span class="since">{sayMoney(one.incoming, one.currency)} more may come</span>}
          </div>
          <span class="amount" data-testid={`balance-${one.kind}`}>
            {sayMoney(one.posted, one.currency)}
          </span>
          <a class="button" href={`#${prefix}${one.account}`} aria-label={`Why ${sayPlain(one.kind)} is ${sayMoney(one.posted, one.currency)}`}>
            Why?
          </a>
        </li>
      ))}
    </ul>
  );
}

export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
