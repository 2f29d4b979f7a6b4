import type { SessionOpened } from "../shared/accounts";
import { Api } from "../shared/api";
import type { Answer } from "../shared/line";
import type { Pass, Vault } from "../shared/vault";

/** The way in: a place's address, and the token that opens it. */
interface Door {
  readonly url: string;
  readonly token: string;
}

/**
 * Signs in as one of the demo's people and opens a door as them. The sign-in serves this one step and is kept nowhere,
 * neither here nor in a cookie: so two tabs can be two people, and whoever is signed in themselves stays so.
 */
export async function enterAs(part: "candidate" | "proctor", path: string, body?: object): Promise<Answer<Door>> {
  const nobody = { signedOut: () => undefined, changedHands: () => undefined, prove: () => Promise.resolve(false) };
  const api = new Api(new PassingVault(), nobody);
  const opened = await api.askAnyone<SessionOpened>("POST", "/v1/demo/sign-ins", { as: part });
  if ("problem" in opened) return opened;
  api.vault.keep(opened.reply);
  return api.ask<Door>("POST", path, body);
}

/** Forgets with the variable that holds it. */
class PassingVault implements Vault {
  #pass: Pass | null = null;

  read(): Pass | null {
    return this.#pass;
  }

  keep(pass: Pass): void {
    this.#pass = pass;
  }

  forget(): void {
    this.#pass = null;
  }
}
