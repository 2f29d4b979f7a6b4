// Moving parts of an ordered answer. Pure.

/** The list with one part taken out and put in at another place; places beyond the ends mean the ends. */
export function movePart<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const moved = [...list];
  const [part] = moved.splice(from, 1);
  if (part === undefined) return list;
  moved.splice(Math.max(0, Math.min(moved.length, to)), 0, part);
  return moved;
}

/** The answer's order where it names all the parts, else what it names followed by the others as they were drawn. */
export function completeOrder(order: readonly string[], drawn: readonly string[]): readonly string[] {
  const known = order.filter((id) => drawn.includes(id));
  return [...known, ...drawn.filter((id) => !known.includes(id))];
}
