// Money as the server tells it: whole minor units, and for whatever waits, who acts next and until when.
export interface AccountShown {
  readonly account: string;
  readonly kind: string;
  readonly words: string;
  readonly currency: string;
  readonly posted: number;
  readonly reserved: number;
  readonly incoming: number;
  readonly available: number;
}

export interface ActionShown {
  readonly event: string;
  readonly allowed: boolean;
  readonly reason: string | null;
}

export interface PayoutShown {
  readonly payout_id: string;
  readonly owner: string;
  readonly minor: number;
  readonly currency: string;
  readonly state: string;
  readonly attempt: number;
  readonly held_for: string;
  readonly next_actor: string;
  readonly expected_by_ms: number;
  readonly said: string;
  readonly created_at_ms: number;
  readonly actions: readonly ActionShown[];
}

export interface PaymentShown {
  readonly payment_id: string;
  readonly minor: number;
  readonly currency: string;
  readonly state: string;
  readonly method: string;
  readonly action_url: string;
  readonly created_at_ms: number;
}

/** By bank transfer. */
export interface DepositShown {
  readonly deposit_id: string;
  readonly minor: number;
  readonly currency: string;
  readonly party: string;
  readonly reference: string;
  readonly created_at_ms: number;
}

/** Owed after a chargeback. */
export interface ClaimShown {
  readonly claim_id: string;
  readonly minor: number;
  readonly currency: string;
  readonly state: string;
  readonly due_at_ms: number;
  readonly refusal: string;
  readonly created_at_ms: number;
  readonly actions: readonly ActionShown[];
}

export interface PostingShown {
  readonly entry: string;
  readonly purpose: string;
  readonly at_ms: number;
  readonly posted: number;
  readonly reserved: number;
  readonly incoming: number;
  readonly balance: number;
}

export interface ExplainedShown {
  readonly account: AccountShown;
  readonly postings: readonly PostingShown[];
  readonly next_block: number | null;
}

/** "€1,234.50": the decimals are the currency's own. */
export function sayMoney(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** What somebody typed as an amount, in minor units; null for what is none, or has more decimals than there are. */
export function readMinor(typed: string, currency: string): number | null {
  const decimals = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const found = /^(\d{1,12})(?:[.,](\d+))?$/.exec(typed.trim());
  if (found === null) return null;
  const part = found[2] ?? "";
  if (part.length > decimals) return null;
  return Number(`${found[1]}${part.padEnd(decimals, "0")}`);
}

/** What the sandbox's cards and banks do, since their tokens alone say it to nobody. */
const SANDBOX_WORDS: Readonly<Record<string, string>> = {
  card_ok: "Card that pays at once",
  card_declined: "Card that is declined",
  card_step: "Card that asks the payer to confirm",
  card_late: "Card that pays a minute later",
  card_twice: "Card that pays at once, told twice",
  card_chargeback: "Card that pays, and is charged back a minute later",
  card_chargeback_won: "Card that is charged back, and the house wins",
  bank_ok: "Bank that takes it at once",
  bank_late: "Bank that takes it a minute later",
  bank_failed: "Bank that refuses the first attempt",
  bank_returned: "Bank that takes it, and sends it back a minute later",
};

/** "held_funds" as "held funds"; a token of the sandbox as what it does. */
export function sayPlain(name: string): string {
  return SANDBOX_WORDS[name] ?? name.replaceAll("_", " ");
}

export function sayDay(atMs: number): string {
  return new Date(atMs).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
