import type { Action, Onboarding } from "../shared/onboarding";
import { sayDay } from "../shared/wording";

export interface Listed {
  readonly onboarding_id: string;
  readonly name: string;
  readonly state: string;
  readonly submitted_at_ms: number;
  readonly promised_at_ms: number;
  readonly is_overdue: boolean;
  readonly is_appeal: boolean;
  readonly reviewer_id: string;
  readonly is_mine: boolean;
  readonly lease_until_ms: number | null;
  readonly allowed_actions: readonly Action[];
}

export interface Review {
  readonly listed: Listed;
  readonly onboarding: Onboarding;
  readonly proposal: { readonly by: string; readonly at_ms: number; readonly reason_code: string; readonly reason: string } | null;
  readonly appeal: string;
  readonly reviews: readonly { readonly at_ms: number; readonly decision: string; readonly reason_code: string | null; readonly reason: string }[];
}

export const DECISION_WORDS: Readonly<Record<string, string>> = {
  changes: "Changes asked for",
  approved: "Let in",
  proposed_rejection: "Rejection proposed",
  rejected: "Turned down",
  overruled: "Rejection overruled",
  proposed_revocation: "Revocation proposed",
  dropped_revocation: "Revocation dropped",
  revoked: "Revoked",
};

export function sayPromised(one: Listed): string {
  return `Promised ${one.is_overdue ? "and late: " : "until "}${sayDay(one.promised_at_ms)}`;
}
