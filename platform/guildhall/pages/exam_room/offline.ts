/** The hashed address of the bundled offline_worker.ts; written in by build.mjs. */
declare const OFFLINE_WORKER_URL: string;

const CACHE = "guildhall-exam-room";
const PAGE = "/exam-room";

/**
 * Makes the open page one that a reload can open again without a network: the page and its files are kept, and a worker
 * that only stands in for this page gives them back. Where the browser has no such thing, nothing is different.
 */
export async function keepForOffline(): Promise<void> {
  try {
    const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname);
    const files = [...new Set(loaded.filter((path) => path.startsWith("/static/")))];
    await caches.delete(CACHE);
    await (await caches.open(CACHE)).addAll([PAGE, ...files]);
    await navigator.serviceWorker.register(OFFLINE_WORKER_URL, { scope: PAGE });
  } catch (error) {
    console.info("This browser cannot open the exam again without a network", error);
  }
}

/** The exam is over: nothing of it stays behind. */
export async function forgetOffline(): Promise<void> {
  try {
    await caches.delete(CACHE);
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  } catch {
    // There was nothing to forget.
  }
}
