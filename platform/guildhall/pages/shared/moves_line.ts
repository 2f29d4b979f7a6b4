import type { Api } from "./api";
import { Line } from "./line";

type Hear = (about: string) => void;

/**
 * A page's one line to `/moves`, where the server says that something of a sort has moved ("" for any sort). Whoever
 * hears it reads again. It opens with the first listener and stays; while it is away, pages look by themselves.
 */
export class MovesLine {
  readonly #api: Api;
  readonly #hearing = new Set<Hear>();
  #line: Line | null = null;
  #token = "";
  /** The pass ran out while nobody looked: a tab in the background keeps nobody signed in. */
  #waitsForEyes = false;

  constructor(api: Api) {
    this.#api = api;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#waitsForEyes) void this.#renew();
    });
  }

  get isOpen(): boolean {
    return this.#line?.state === "connected";
  }

  /** The way to stop listening. */
  listen(hear: Hear): () => void {
    this.#hearing.add(hear);
    if (this.#line === null) void this.#open();
    return () => void this.#hearing.delete(hear);
  }

  async #open(): Promise<void> {
    const token = await this.#freshToken();
    if (token === "" || this.#line !== null) return;
    this.#token = token;
    const line = new Line("/moves", token, () => this.#changed());
    this.#line = line;
    // Something may have moved before, or while it was away.
    line.socket.on("connect", () => this.#tell(""));
    line.socket.on("moved", ({ about }: { about: string }) => this.#tell(about));
    line.socket.on("token_expiring", () => void this.#renew());
    line.socket.on("session_closed", ({ reason }: { reason: string }) => {
      // A newer tab took the place, or the sign-in is over: from here on the page looks by itself.
      if (reason === "replaced" || reason === "revoked") line.close();
      if (reason === "revoked") this.#tell("");
    });
  }

  #changed(): void {
    if (this.#line?.state === "refused" && this.#line.refusal?.status === 401) void this.#renew();
  }

  async #renew(): Promise<void> {
    this.#waitsForEyes = document.hidden;
    if (this.#line === null || document.hidden) return;
    const token = await this.#freshToken(this.#token);
    if (token === "") return;
    this.#token = token;
    await this.#line.renew(token);
  }

  /** The pass of this tab, other than the one that is `worn`; "" when there is none to be had. */
  async #freshToken(worn = ""): Promise<string> {
    const kept = this.#api.vault.read()?.access_token ?? "";
    if (kept !== "" && kept !== worn) return kept;
    const renewed = await this.#api.renew();
    return "reply" in renewed ? renewed.reply.access_token : "";
  }

  #tell(about: string): void {
    for (const hear of this.#hearing) hear(about);
  }
}

const lines = new WeakMap<Api, MovesLine>();

export function movesLineOf(api: Api): MovesLine {
  const line = lines.get(api) ?? new MovesLine(api);
  lines.set(api, line);
  return line;
}
