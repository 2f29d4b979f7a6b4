/** Of a list that was cut: nobody is to believe that this is all. */
export function Cut({ of, name, words }: { of: readonly string[]; name: string; words: string }) {
  return of.includes(name) ? (
    <p class="hint" data-testid={`cut-${name}`}>
      {words}
    </p>
  ) : null;
}

export const IN_STATEMENTS = "These are the newest hundred. All of them stand in the statements of their months.";
export const WHEN_DONE = "These are the first hundred. The next come when some of them are done.";
