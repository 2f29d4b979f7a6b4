// Canned replies: which are meant, and what stands in them. Pure; the variables mirror chat/rules/filling.py.
import type { CannedReply } from "./told";

export interface Filling {
  readonly visitor: string;
  readonly agent: string;
  readonly site: string;
  readonly page: string;
}

const OFFERED_MAX = 6;

/** The word after a `/` that the caret stands in or behind, and where the slash is; null where there is none. */
export function slashed(text: string, caret: number): { readonly from: number; readonly word: string } | null {
  const found = /(^|\s)\/([a-z0-9-]*)$/i.exec(text.slice(0, caret));
  if (found === null) return null;
  const word = found[2] ?? "";
  return { from: caret - word.length - 1, word: word.toLowerCase() };
}

/** By their shortcut first, then by what stands in them. */
export function matching(replies: readonly CannedReply[], word: string): readonly CannedReply[] {
  const named = replies.filter((each) => each.shortcut.startsWith(word));
  const others = replies.filter((each) => !each.shortcut.startsWith(word) && each.text.toLowerCase().includes(word));
  return [...named, ...others].slice(0, OFFERED_MAX);
}

/** A variable that nothing is known for goes, together with the blank before it: "Hello {visitor}," becomes "Hello,". */
export function fill(text: string, filling: Filling): string {
  return text.replace(/( ?)\{([a-z_]+)\}/g, (whole, blank: string, name: string) => {
    if (!(name in filling)) return whole;
    const value = filling[name as keyof Filling];
    return value === "" ? "" : blank + value;
  });
}
