import { render } from "preact";
import "./chat_widget.css";
import { Panel } from "./panel";
import { Session, type PageContext } from "./session";
import { wordsOf } from "./words";

/** What the embedding page's loader tells. */
interface PageTold {
  readonly guildhall?: "page";
  readonly isShown?: boolean;
  readonly identity?: string;
  readonly context?: PageContext;
  readonly kept?: string;
}

const asked = new URLSearchParams(location.search);
const site = asked.get("site") ?? "demo";
const words = wordsOf(asked.get("lang") ?? navigator.language);
const isEmbedded = window.parent !== window;
// Shut, the panel is loaded only for whoever has a conversation; opened as a page of its own it is always in sight.
let isShown = !isEmbedded;
const page = document.getElementById("page");

document.documentElement.lang = words.locale;
document.documentElement.dir = words.dir;
document.title = words.title;
const theme = asked.get("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
const accent = asked.get("accent");
if (accent !== null && /^#[0-9a-f]{6}$/i.test(accent)) paint(accent);

// Not known before its first word; until then only "ready" is said.
let embedder = "*";
let lastUnread = -1;
const session = new Session(site, draw, () => undefined, (kept) => tell("keep", { kept }));

session.context = { ...session.context, locale: words.locale }; // until the embedding page says its own

function draw(): void {
  const log = session.talk?.log;
  if (log !== undefined) {
    if (isShown && !document.hidden) session.talk?.markRead();
    const unread = isShown ? 0 : log.unread;
    if (unread !== lastUnread) tell("unread", { count: (lastUnread = unread) });
  }
  if (page !== null) {
    render(
      <Panel session={session} words={words} isShown={isShown} asks={(asked.get("ask") ?? "").split(",").filter((each) => each !== "")} onClose={isEmbedded ? close : null} />,
      page,
    );
  }
}

function tell(what: "ready" | "unread" | "close" | "talking" | "keep", more: object = {}): void {
  // To the page that embeds it, whose site the visitor talks to: a number, that it wants to be shut, and where this
  // frame's storage is blocked, what is kept for it.
  if (isEmbedded) parent.postMessage({ guildhall: what, ...more }, embedder);
}

function close(): void {
  tell("close");
}

async function begin(): Promise<void> {
  await session.begin();
  if (session.talk !== null) tell("talking");
}

addEventListener("message", (event: MessageEvent<PageTold>) => {
  if (event.source !== parent || event.data.guildhall !== "page") return;
  const { isShown: shown = false, identity = "", context, kept = "" } = event.data;
  if (context !== undefined) session.context = context;
  embedder = event.origin === "null" ? "*" : event.origin; // a sandboxed page has no origin to name
  isShown = shown;
  const told = async (): Promise<void> => {
    await session.restore(kept);
    await session.identify(identity);
    if (session.isKnown || (shown && asked.get("ask") === null)) void begin();
  };
  void told();
  draw();
});
document.addEventListener("visibilitychange", draw);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isEmbedded) close();
});
if (!isEmbedded && (session.isKnown || asked.get("ask") === null)) void begin();
draw();
tell("ready");

/** The site's own colour, and black or white on it: whichever can be read (WCAG 2.2, relative luminance). */
function paint(colour: string): void {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const isLight = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
  const style = document.documentElement.style;
  style.setProperty("--accent", colour);
  style.setProperty("--accent-ink", isLight ? "#111111" : "#ffffff");
}
