import type { ClaimKind } from "../../shared/admission";
import type { Claim } from "./claim_outbox";

type Add = (claim: Omit<Claim, "key">) => void;

const LOOK_MS = 2000;
const CLOCK_STEP_MS = 5000;
// Toolbars and bookmarks take up to about 150 px of height; a docked panel takes more. A guess, and told as one.
const PANEL_PX = 220;

/** Something that lasts: said once it has lasted `leastMs`, and again when it is over. */
export class Stretch {
  readonly #kind: ClaimKind;
  readonly #leastMs: number;
  readonly #add: Add;
  #sinceMs: number | null = null;
  #isTold = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(kind: ClaimKind, leastMs: number, add: Add) {
    this.#kind = kind;
    this.#leastMs = leastMs;
    this.#add = add;
  }

  /** What is the case now; the same again changes nothing. */
  is(on: boolean, nowMs = Date.now()): void {
    if (on === (this.#sinceMs !== null)) return;
    if (on) {
      this.#sinceMs = nowMs;
      this.#isTold = false;
      this.#timer = setTimeout(() => this.#begin(), this.#leastMs);
      return;
    }
    clearTimeout(this.#timer);
    const sinceMs = this.#sinceMs ?? nowMs;
    this.#sinceMs = null;
    // A frozen tab runs no timer: what it could not say when it began it says now.
    if (this.#isTold || nowMs - sinceMs >= this.#leastMs) this.#say("ended", nowMs, Math.max(0, nowMs - sinceMs));
  }

  stop(): void {
    this.is(false);
  }

  #begin(): void {
    if (this.#sinceMs === null) return;
    this.#isTold = true;
    this.#say("began", this.#sinceMs, null);
  }

  #say(phase: "began" | "ended", atMs: number, lastedMs: number | null): void {
    this.#add({ kind: this.#kind, phase, client_at_ms: atMs, lasted_ms: lastedMs, detail: "" });
  }
}

/** Listens to what the browser notices, for the kinds that are collected here; returns how to stop. It never looks at what was copied. */
export function collect(kinds: readonly ClaimKind[], leastMs: number, add: Add): () => void {
  const wanted = new Set(kinds);
  const say: Add = (claim) => wanted.has(claim.kind) && add(claim);
  const hidden = new Stretch("tab_hidden", leastMs, say);
  const unfocused = new Stretch("focus_lost", leastMs, say);
  const notFull = new Stretch("full_screen_left", leastMs, say);
  const secondScreen = new Stretch("second_screen", leastMs, say);
  const tools = new Stretch("developer_tools", leastMs, say);
  let wasFull = document.fullscreenElement !== null;
  let offlineSinceMs: number | null = null;
  let driftMs = Date.now() - performance.now();

  const once = (kind: ClaimKind, detail = ""): void => say({ kind, phase: "once", client_at_ms: Date.now(), lasted_ms: null, detail });
  const look = (): void => {
    hidden.is(document.hidden);
    unfocused.is(!document.hidden && !document.hasFocus());
    const isFull = document.fullscreenElement !== null;
    wasFull ||= isFull;
    notFull.is(wasFull && !isFull);
  };
  const watch = (): void => {
    look();
    secondScreen.is((screen as Screen & { isExtended?: boolean }).isExtended === true);
    tools.is(!document.hidden && (outerHeight - innerHeight > PANEL_PX || outerWidth - innerWidth > PANEL_PX));
    const now = Date.now() - performance.now();
    if (Math.abs(now - driftMs) > CLOCK_STEP_MS) once("clock_jumped", `By ${Math.round((now - driftMs) / 1000)} s.`);
    driftMs = now;
  };
  const offline = (): void => {
    offlineSinceMs ??= performance.now();
  };
  const online = (): void => {
    if (offlineSinceMs === null) return;
    const lastedMs = Math.round(performance.now() - offlineSinceMs);
    offlineSinceMs = null;
    if (lastedMs >= leastMs) say({ kind: "network_lost", phase: "ended", client_at_ms: Date.now(), lasted_ms: lastedMs, detail: "" });
  };
  const on: readonly (readonly [EventTarget, string, () => void])[] = [
    [document, "visibilitychange", look],
    [document, "fullscreenchange", look],
    [window, "blur", look],
    [window, "focus", look],
    [document, "copy", () => once("copied")],
    [document, "cut", () => once("copied")],
    [document, "paste", () => once("pasted")],
    [window, "beforeprint", () => once("printed")],
    [window, "offline", offline],
    [window, "online", online],
  ];
  for (const [target, name, hear] of on) target.addEventListener(name, hear);
  const timer = window.setInterval(watch, LOOK_MS);
  if (!navigator.onLine) offline();
  look();
  return () => {
    clearInterval(timer);
    for (const [target, name, hear] of on) target.removeEventListener(name, hear);
    for (const stretch of [hidden, unfocused, notFull, secondScreen, tools]) stretch.stop();
  };
}
