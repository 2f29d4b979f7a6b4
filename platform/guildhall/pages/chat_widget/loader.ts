// The one line that a page embeds: <script async src="https://…/widget.js" data-site="demo"></script>. It draws a button
// in a shadow root, and opens the panel, which is a page of its own origin, in a frame. It reads nothing of the page
// but its address without the query, its title and its language, and asks nobody but the server it came from.
// What the page may set: data-site, data-lang, data-theme, data-accent, data-side, data-ask-name, data-ask-email, data-identity.
import { launcherWords } from "./launcher_words";

interface Told {
  readonly guildhall: "ready" | "unread" | "close" | "talking" | "keep";
  readonly count?: number;
  readonly kept?: string;
}

const SIZE = "width:min(24rem,calc(100vw - 2rem));height:min(38rem,calc(100dvh - 7rem))";
// Custom properties come through from the page, `all: initial` or not: so ours have names that no page has.
const LOOK = `
:host{all:initial;position:fixed;z-index:2147483000;inset-block-end:1rem;inset-inline-end:1rem;color-scheme:light dark}
:host([side=start]){inset-inline-end:auto;inset-inline-start:1rem}
button{display:grid;place-items:center;position:relative;width:3.5rem;height:3.5rem;margin-inline-start:auto;border:0;border-radius:50%;background:var(--gh-ground,#14523f);color:var(--gh-ink,#fff);box-shadow:0 2px 10px rgb(0 0 0/.3);cursor:pointer}
:host([side=start]) button{margin-inline:0 auto}
button:focus-visible{outline:3px solid var(--gh-ground,#14523f);outline-offset:3px;box-shadow:0 0 0 3px #fff}
svg{width:1.6rem;height:1.6rem;fill:none;stroke:currentColor;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}
b{position:absolute;inset-block-start:-.2rem;inset-inline-end:-.2rem;min-width:1.4rem;padding:0 .3rem;box-sizing:border-box;border-radius:.7rem;background:#a3341f;color:#fff;font:600 .8rem/1.4rem system-ui,sans-serif;text-align:center}
[hidden]{display:none}
iframe{display:block;${SIZE};margin-block-end:.75rem;border:0;border-radius:14px;box-shadow:0 8px 32px rgb(0 0 0/.3);background:Canvas}
iframe[hidden]{display:none}
@media(max-width:480px){:host([open]){inset:0}:host([open]) iframe{width:100vw;height:100dvh;margin:0;border-radius:0}:host([open]) button{display:none}}
@media print{:host{display:none}}`;

const script = document.currentScript as HTMLScriptElement | null;
// Included twice (a tag manager and a template): one button all the same.
if (script !== null && !("guildhallChat" in window)) begin(script);

function begin(own: HTMLScriptElement): void {
  const set = own.dataset;
  const origin = new URL(own.src).origin;
  const site = set.site ?? "demo";
  const language = set.lang ?? (document.documentElement.lang || navigator.language);
  const words = launcherWords(language);
  let identity = set.identity ?? "";
  let frame: HTMLIFrameElement | null = null;
  let isOpen = false;
  let isReady = false;

  const host = document.createElement("div");
  host.lang = words.code;
  host.dir = words.dir;
  if (set.side === "start") host.setAttribute("side", "start");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK); // a sheet made by script needs no 'unsafe-inline'
  root.adoptedStyleSheets = [sheet];
  if (set.accent !== undefined && /^#[0-9a-f]{6}$/i.test(set.accent)) {
    host.style.setProperty("--gh-ground", set.accent);
    host.style.setProperty("--gh-ink", isLight(set.accent) ? "#111" : "#fff");
  }

  const button = document.createElement("button");
  button.type = "button";
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawing.append(path);
  const badge = document.createElement("b");
  badge.hidden = true;
  badge.setAttribute("aria-hidden", "true");
  button.append(drawing, badge);
  root.append(button);

  const draw = (): void => {
    const unread = Number(badge.textContent);
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", isOpen ? words.close : unread > 0 ? `${words.open} (${words.unread(unread)})` : words.open);
    path.setAttribute("d", isOpen ? "M6 9l6 6 6-6" : "M4 5h16v11H11l-5 4v-4H4z");
    badge.hidden = isOpen || unread === 0;
    host.toggleAttribute("open", isOpen);
    if (frame !== null) frame.hidden = !isOpen;
  };

  const tell = (): void => {
    if (!isReady) return;
    // The query may hold a token, and a form's fields may be in it: the path alone travels.
    const context = {
      url: (location.origin + location.pathname).slice(0, 2000),
      title: document.title.slice(0, 300),
      locale: language.slice(0, 35),
    };
    const kept = read() ?? "";
    frame?.contentWindow?.postMessage({ guildhall: "page", isShown: isOpen, identity, context, kept }, origin);
  };

  const load = (): void => {
    if (frame !== null) return;
    const asked = new URLSearchParams({ site, lang: words.code, theme: set.theme ?? "auto" });
    if (set.accent !== undefined) asked.set("accent", set.accent);
    const wanted = [set.askName === undefined ? "" : "name", set.askEmail === undefined ? "" : "email"].filter((each) => each !== "");
    if (wanted.length > 0) asked.set("ask", wanted.join());
    frame = document.createElement("iframe");
    frame.title = words.title;
    frame.allow = "";
    frame.hidden = !isOpen;
    frame.src = `${origin}/widget?${asked}`;
    root.prepend(frame);
  };

  const show = (open: boolean): void => {
    isOpen = open;
    if (open) load();
    draw();
    tell();
    if (open) frame?.focus();
    else button.focus();
  };

  addEventListener("message", (event: MessageEvent<Told>) => {
    if (event.origin !== origin || frame === null || event.source !== frame.contentWindow) return;
    const told = event.data;
    if (told.guildhall === "ready") {
      isReady = true;
      tell();
    } else if (told.guildhall === "unread") {
      badge.textContent = String(Math.min(99, Number(told.count) || 0));
      draw();
    } else if (told.guildhall === "close") show(false);
    else if (told.guildhall === "talking") write(read() || "{}");
    // Browsers that block the storage of frames from elsewhere leave this page's own, which keeps it for the panel.
    else if (told.guildhall === "keep" && typeof told.kept === "string") write(told.kept);
  });
  button.addEventListener("click", () => show(!isOpen));

  // Whoever has a conversation hears of an answer while the panel is shut; nobody else loads the panel before asking.
  const key = `guildhall.chat.${site}`;
  const read = (): string | null => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is blocked here as well: the tab remembers, for as long as it lives
    }
  };
  const write = (kept: string): void => {
    try {
      localStorage.setItem(key, kept);
    } catch {
      // As above.
    }
  };
  const isKnown = identity !== "" || read() !== null;
  const api = {
    open: () => show(true),
    close: () => show(false),
    /** Who the visitor is: a JWT that the site's own server has signed. */
    identify: (token: string) => {
      identity = token;
      load();
      tell();
    },
  };
  Object.defineProperty(window, "guildhallChat", { value: Object.freeze(api) });
  draw();
  const attach = (): void => {
    document.body.append(host);
    if (isKnown) setTimeout(load, 1500);
  };
  if (document.body === null) addEventListener("DOMContentLoaded", attach);
  else attach();
}

function isLight(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  // Where black and white have the same contrast (WCAG 2.2, relative luminance).
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
}
