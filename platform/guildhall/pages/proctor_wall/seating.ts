import type { Ranking } from "../shared/acting";
import type { Card } from "../shared/messages";

/** From this many on, quiet tiles fold away unless the proctor wants otherwise: fewer fit on a screen as they are. */
export const FOLDS_FROM = 13;

export interface Seated {
  readonly shown: readonly string[];
  /** Nothing goes on and a look is not due; in the ranking's order as well. */
  readonly quiet: readonly string[];
}

/**
 * The order of the tiles is the server's ranking, the same for every proctor; whoever it does not know yet comes last.
 * With `folds`, quiet ones are apart, except `calling`: those of whom this page knows more than the ranking did.
 * While `held` (the order on the screen, when a pointer or the keyboard is in the grid) nobody moves or folds:
 * newcomers sit at the end, so that nothing slides away under a click. Pure.
 */
export function seat(
  cards: ReadonlyMap<string, Card>,
  ranking: Ranking | null,
  calling: ReadonlySet<string>,
  folds: boolean,
  held: readonly string[] | null,
): Seated {
  const places = (ranking?.order ?? []).filter((place) => cards.has(place.session_id));
  const ranked = new Set(places.map((place) => place.session_id));
  // Session ids are made to sort by the time they were made.
  const unranked = [...cards.keys()].filter((id) => !ranked.has(id)).toSorted();
  const order = [...places.map((place) => place.session_id), ...unranked];
  const calm = new Set(folds ? places.filter((place) => place.is_quiet && !calling.has(place.session_id)).map((place) => place.session_id) : []);
  const kept = (held ?? []).filter((id) => cards.has(id));
  const seated = new Set(kept);
  const shown = [...kept, ...order.filter((id) => !seated.has(id) && !calm.has(id))];
  const visible = new Set(shown);
  return { shown, quiet: order.filter((id) => !visible.has(id)) };
}
