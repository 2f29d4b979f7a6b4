// A service worker for the exam room alone: with no network, or no server, a reload still opens the page. It is only
// ever asked second: what the server says comes first, so a new version is never held back.
/// <reference lib="webworker" />
export {};
declare const self: ServiceWorkerGlobalScope;

const CACHE = "guildhall-exam-room";
const PAGE = "/exam-room";

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(serverFirst(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(keptFirst(event.request));
});

async function serverFirst(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.ok) return response;
    return (await (await caches.open(CACHE)).match(PAGE)) ?? response;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(PAGE);
    if (kept !== undefined) return kept;
    throw error;
  }
}

/** The name of a file holds the hash of what is in it, so a kept one is never an old one. */
async function keptFirst(request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(request)) ?? fetch(request);
}
