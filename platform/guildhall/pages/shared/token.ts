const keyOf = (page: string): string => `guildhall.token.${page}`;

/**
 * Takes the join token out of the address: it moves from the fragment (never sent to a server, never in a log) to this
 * tab's storage, so that a reload works and a copied address gives nothing away. Null when there is no token at all.
 */
export function claimToken(page: string): string | null {
  const arrived = tokenInAddress();
  // A second invitation pasted into the same tab changes only the fragment, which loads nothing by itself.
  addEventListener("hashchange", () => tokenInAddress() !== null && location.reload());
  if (arrived === null) return sessionStorage.getItem(keyOf(page));
  sessionStorage.setItem(keyOf(page), arrived);
  history.replaceState(null, "", location.pathname + location.search);
  return arrived;
}

/** Forgets a token that has done its work or never will. */
export function dropToken(page: string): void {
  sessionStorage.removeItem(keyOf(page));
}

function tokenInAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("token");
}
