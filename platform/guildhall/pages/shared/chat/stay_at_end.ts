import { useEffect, useRef } from "preact/hooks";
import type { RefObject, TargetedEvent } from "preact";

interface Staying {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly onScroll: (event: TargetedEvent<HTMLDivElement>) => void;
}

/** Keeps the last line of a scrolled box in sight while `grown` changes; whoever has scrolled up is left in peace. */
export function useStayAtEnd(grown: readonly unknown[]): Staying {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const scrolledTo = useRef(0);
  useEffect(() => {
    const element = box.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [...grown]);
  // A picture that comes in, or a form below that takes room: the last line stays in sight.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const stay = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    });
    for (const each of [element, ...element.children]) stay.observe(each);
    return () => stay.disconnect();
  }, []);
  return {
    box,
    onScroll: (event) => {
      const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
      const isNearEnd = scrollHeight - scrollTop - clientHeight < 40;
      // The event comes late: what has grown meanwhile is no scrolling up of whoever reads.
      if (isNearEnd || scrollTop < scrolledTo.current) isAtEnd.current = isNearEnd;
      scrolledTo.current = scrollTop;
    },
  };
}
