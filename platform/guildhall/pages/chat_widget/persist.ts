import type { Problem } from "../shared/messages";

const TRIES = 5;

/** Asks until an answer comes, for what carries an id of its own: so asking twice is asking once. */
export async function persist(ask: () => Promise<Problem | null>): Promise<Problem | null> {
  for (let tries = 1; ; tries += 1) {
    const refusal = await ask();
    if (refusal === null || refusal.status !== 0 || tries === TRIES) return refusal;
    await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
  }
}
