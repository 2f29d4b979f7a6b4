import type { Card, Incident } from "../shared/messages";

/**
 * The order of the tiles: whoever needs a look first, then everyone in the order they were invited, then the finished.
 * While `held` (the order on the screen, when a pointer or the keyboard is in the grid) nobody moves: newcomers sit at
 * the end, so that nothing slides away under a click. Pure.
 */
export function seat(
  cards: ReadonlyMap<string, Card>,
  openBySession: ReadonlyMap<string, readonly Incident[]>,
  held: readonly string[] | null,
): readonly string[] {
  const rank = (card: Card): number => {
    const open = openBySession.get(card.session_id) ?? [];
    if (open.some((incident) => incident.channel === "behaviour")) return 0;
    if (open.length > 0) return 1;
    return card.state === "finished" ? 3 : 2;
  };
  // Session ids are made to sort by the time they were made.
  const wanted = [...cards.values()]
    .toSorted((a, b) => rank(a) - rank(b) || (a.session_id < b.session_id ? -1 : 1))
    .map((card) => card.session_id);
  if (held === null) return wanted;
  const seated = new Set(held);
  return [...held.filter((id) => cards.has(id)), ...wanted.filter((id) => !seated.has(id))];
}
