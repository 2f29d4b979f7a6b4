import { useEffect, useRef, useState } from "preact/hooks";
import { sayCount } from "../shared/wording";
import { isCalling } from "./calling";
import { seat } from "./seating";
import { CandidateTile } from "./tile";
import type { Wall } from "./wall";

// A pointer that rests this long is no longer about to click.
const RESTING_MS = 8000;

/** The tiles in the server's ranking, quiet ones folded; the order holds still while a pointer or the keyboard is among them. */
export function Grid(props: {
  wall: Wall;
  boxes: boolean;
  folds: boolean;
  seated: (order: readonly string[]) => void;
  enlarge: (sessionId: string, byPointer: boolean) => void;
}) {
  const { wall } = props;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  const resting = useRef<number | undefined>(undefined);
  const last = useRef<readonly string[]>([]);
  const openOf = (id: string) => wall.book.openBySession.get(id) ?? [];
  const { cases, ranking } = wall.floor;
  const calling = new Set([...wall.cards.keys()].filter((id) => isCalling(cases.get(id), openOf(id))));
  const held = pointed || focused ? last.current : null;
  const { shown, quiet } = seat(wall.cards, ranking, calling, props.folds, held);
  last.current = shown;
  props.seated([...shown, ...quiet]);
  useEffect(() => () => clearTimeout(resting.current), []);
  // Whoever folds again has everybody folded.
  useEffect(() => setUnfolded(false), [props.folds]);

  const hold = (): void => {
    setPointed(true);
    clearTimeout(resting.current);
    resting.current = window.setTimeout(() => setPointed(false), RESTING_MS);
  };
  const why = new Map(ranking?.order.map((place) => [place.session_id, place.why]));
  const tilesOf = (order: readonly string[], testId: string, label: string) => (
    <ul
      class="grid"
      aria-label={label}
      data-testid={testId}
      onPointerMove={hold}
      onPointerLeave={() => setPointed(false)}
      onFocusIn={() => setFocused(true)}
      onFocusOut={() => setFocused(false)}
    >
      {order.map((sessionId) => {
        const card = wall.cards.get(sessionId);
        return card === undefined ? null : (
          <li key={sessionId}>
            <CandidateTile
              wall={wall}
              card={card}
              open={openOf(sessionId)}
              told={cases.get(sessionId)}
              why={why.get(sessionId) ?? ""}
              boxes={props.boxes}
              enlarge={props.enlarge}
            />
          </li>
        );
      })}
    </ul>
  );
  return (
    <>
      {shown.length === 0 ? <p class="empty">Nothing goes on just now, and nobody is due a look.</p> : tilesOf(shown, "shown", "To look at, first to last")}
      {quiet.length === 0 ? null : (
        <>
          <button
            type="button"
            class="fold"
            aria-expanded={unfolded}
            onClick={() => setUnfolded(!unfolded)}
            data-testid="quiet"
            data-count={quiet.length}
          >
            {sayCount(quiet.length, "quiet candidate", "quiet candidates")}: {unfolded ? "fold away" : "show"}
          </button>
          {unfolded ? tilesOf(quiet, "unfolded", "Quiet") : null}
        </>
      )}
    </>
  );
}
