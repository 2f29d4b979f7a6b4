import { useEffect, useRef, useState } from "preact/hooks";
import { seat } from "./seating";
import { CandidateTile } from "./tile";
import type { Wall } from "./wall";

// A pointer that rests this long is no longer about to click.
const RESTING_MS = 8000;

/** The tiles, whoever needs a look first; the order holds still while a pointer or the keyboard is among them. */
export function Grid(props: {
  wall: Wall;
  boxes: boolean;
  seated: (order: readonly string[]) => void;
  enlarge: (sessionId: string, byPointer: boolean) => void;
}) {
  const { wall } = props;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const resting = useRef<number | undefined>(undefined);
  const last = useRef<readonly string[]>([]);
  const order = seat(wall.cards, wall.book.openBySession, pointed || focused ? last.current : null);
  last.current = order;
  props.seated(order);
  useEffect(() => () => clearTimeout(resting.current), []);

  const hold = (): void => {
    setPointed(true);
    clearTimeout(resting.current);
    resting.current = window.setTimeout(() => setPointed(false), RESTING_MS);
  };
  return (
    <ul
      class="grid"
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
              open={wall.book.openBySession.get(sessionId) ?? []}
              boxes={props.boxes}
              enlarge={props.enlarge}
            />
          </li>
        );
      })}
    </ul>
  );
}
