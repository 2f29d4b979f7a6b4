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

/**
 * The pass of this tab, in memory and in sessionStorage so that a reload costs no refresh. Never in localStorage: it
 * would outlive the tab. What lives longer is the refresh token, in a cookie that no script reads.
 */
export class TabVault implements Vault {
  readonly #key = "guildhall.pass";
  #pass: Pass | null;

  constructor() {
    const kept = sessionStorage.getItem(this.#key);
    this.#pass = kept === null ? null : (JSON.parse(kept) as Pass);
  }

  read(): Pass | null {
    return this.#pass;
  }

  keep({ account_id, name, access_token }: Pass): void {
    this.#pass = { account_id, name, access_token };
    sessionStorage.setItem(this.#key, JSON.stringify(this.#pass));
  }

  forget(): void {
    this.#pass = null;
    sessionStorage.removeItem(this.#key);
  }
}
