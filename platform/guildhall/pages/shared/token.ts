const keyOf = (page: string, name: string): string =>
  name === "token" ? `guildhall.token.${page}` : `guildhall.token.${page}.${name}`;

/**
 * Takes the join token out of the address: it moves from the fragment (never sent to a server, never in a log) to this
 * tab's storage, so that a reload works and a copied address gives nothing away. Null when there is no token at all.
 */
export function claimToken(page: string): string | null {
  return claimTokens(page, ["token"])[0] ?? null;
}

/** The same for a page that several tokens open: each by its name in the address; a new address replaces them all. */
export function claimTokens(page: string, names: readonly string[]): readonly (string | null)[] {
  const arrived = tokensInAddress(names);
  // A second invitation pasted into the same tab changes only the fragment, which loads nothing by itself.
  addEventListener("hashchange", () => tokensInAddress(names).some((token) => token !== null) && location.reload());
  if (arrived.every((token) => token === null)) return names.map((name) => sessionStorage.getItem(keyOf(page, name)));
  names.forEach((name, place) => {
    const token = arrived[place] ?? null;
    if (token === null) sessionStorage.removeItem(keyOf(page, name));
    else sessionStorage.setItem(keyOf(page, name), token);
  });
  history.replaceState(null, "", location.pathname + location.search);
  return arrived;
}

/** Puts fresh tokens, by their names, in the place of those that this tab was opened with. */
export function keepTokens(page: string, tokens: Readonly<Record<string, string>>): void {
  for (const [name, token] of Object.entries(tokens)) sessionStorage.setItem(keyOf(page, name), token);
}

/** What a token says, read without checking it: the server does that. Empty for what is no token. */
export function readClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"))) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Forgets a token that has done its work or never will. */
export function dropToken(page: string): void {
  sessionStorage.removeItem(keyOf(page, "token"));
}

function tokensInAddress(names: readonly string[]): readonly (string | null)[] {
  const fragment = new URLSearchParams(location.hash.slice(1));
  return names.map((name) => fragment.get(name));
}
