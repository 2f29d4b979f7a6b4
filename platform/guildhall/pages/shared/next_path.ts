// Where somebody wanted to go before they were asked to sign in. Pure.

/**
 * The address behind a `next` parameter if it is a path of this very site, else null. The answer is whole, origin
 * included: a path alone, such as the `//elsewhere` that `/.//elsewhere` is read as, would lead to another site.
 */
export function readNext(search: string, origin: string): string | null {
  const next = new URLSearchParams(search).get("next");
  if (next === null || !next.startsWith("/")) return null;
  try {
    const address = new URL(next, origin);
    return address.origin === origin ? address.href : null;
  } catch {
    return null;
  }
}

/** The sign-in page's address that leads back to `path`. */
export function signInAddress(path: string): string {
  return `/sign-in?next=${encodeURIComponent(path)}`;
}
