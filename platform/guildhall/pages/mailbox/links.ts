// Finding the links in a mail's text. Pure.

export type Part = { readonly text: string } | { readonly link: string; readonly path: string };

const LINK = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]/g;

/**
 * A mail's text cut at its links. Each keeps only its path, query and fragment: our mails link to ourselves, under
 * whatever public name; and a link that somebody wrote into their name leads nowhere else either.
 */
export function splitAtLinks(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const path = pathOf(match[0]);
    if (path === null) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ link: match[0], path });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Of several slashes at the start one is kept: two would make the rest the name of a server. */
function pathOf(link: string): string | null {
  try {
    const { pathname, search, hash } = new URL(link);
    return pathname.replace(/^\/+/, "/") + search + hash;
  } catch {
    return null;
  }
}
