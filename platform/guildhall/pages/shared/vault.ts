/** What a tab needs to ask as somebody: short-lived, and whose it is. */
export interface Pass {
  readonly account_id: string;
  readonly name: string;
  readonly access_token: string;
}

export interface Vault {
  read(): Pass | null;
  keep(pass: Pass): void;
  forget(): void;
}

const KEY = "guildhall.pass";

/** Whether somebody is signed in in this tab, as far as it knows; nobody is where the browser blocks its storage. */
export function hasPass(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/**
 * The pass of this tab, in memory and in sessionStorage so that a reload costs no refresh. Never in localStorage: it
 * would outlive the tab. What lives longer is the refresh token, in a cookie that no script reads.
 */
export class TabVault implements Vault {
  #pass: Pass | null;

  constructor() {
    const kept = sessionStorage.getItem(KEY);
    this.#pass = kept === null ? null : (JSON.parse(kept) as Pass);
  }

  read(): Pass | null {
    return this.#pass;
  }

  keep({ account_id, name, access_token }: Pass): void {
    this.#pass = { account_id, name, access_token };
    sessionStorage.setItem(KEY, JSON.stringify(this.#pass));
  }

  forget(): void {
    this.#pass = null;
    sessionStorage.removeItem(KEY);
  }
}
