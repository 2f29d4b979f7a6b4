// What crosses HTTP about accounts: the mirror of accounts/messages.py. Times are UTC milliseconds.

export interface SessionOpened {
  readonly status: "signed_in";
  readonly account_id: string;
  readonly name: string;
  readonly access_token: string;
  readonly roles: readonly string[];
  /** A role of this account counts only with a second factor, and it has none yet. */
  readonly needs_second_factor: boolean;
}

export interface SecondFactorAsked {
  readonly status: "second_factor_required";
  readonly flow: string;
  readonly expires_at_ms: number;
}

/** The answer to the link of a sign-up; with `reset_token`, the next step is to choose a password. */
export interface Verified extends Told {
  readonly reset_token?: string | null;
}

export interface Told {
  readonly message: string;
}

export interface Account {
  readonly account_id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly has_second_factor: boolean;
  readonly recovery_codes_left: number;
  /** When an account that is to be erased will be. */
  readonly erased_at_ms: number | null;
}

export interface SessionShown {
  readonly session_id: string;
  readonly device: string;
  readonly network: string;
  readonly methods: readonly string[];
  readonly signed_in_at_ms: number;
  readonly last_seen_at_ms: number;
  readonly is_current: boolean;
}

export interface Enrolled {
  readonly secret: string;
  readonly uri: string;
}

export interface RecoveryCodes {
  readonly codes: readonly string[];
}

/** A list answers with its items. */
export interface Items<T> {
  readonly items: readonly T[];
}

/** A mail that never left: the mirrors of these two are in accounts/demo_routes.py. */
export interface DemoMail {
  readonly at_ms: number;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** One of the people of the demo; `code` is what their authenticator app would show now. */
export interface DemoPerson {
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly password: string;
  readonly code: string | null;
}
