// The text of a question: plain, with paragraphs and code. Pure; what comes out is text for the page to show as such.

export type Span = { readonly text: string; readonly isCode: boolean };
export type Block =
  | { readonly kind: "paragraph"; readonly spans: readonly Span[] }
  | { readonly kind: "code"; readonly text: string };

/** An empty line begins a paragraph; three backticks fence lines of code, single ones mark code within a line. */
export function readPrompt(text: string): readonly Block[] {
  const blocks: Block[] = [];
  // Odd pieces stand between fences; a fence that is never closed is text.
  const pieces = text.replaceAll("\r\n", "\n").split(/^```[^\n`]*$/m);
  if (pieces.length % 2 === 0) pieces.splice(-2, 2, `${pieces.at(-2) ?? ""}\`\`\`${pieces.at(-1) ?? ""}`);
  pieces.forEach((piece, place) => {
    if (place % 2 === 1) blocks.push({ kind: "code", text: piece.replace(/^\n|\n$/g, "") });
    else for (const paragraph of paragraphsOf(piece)) blocks.push({ kind: "paragraph", spans: spansOf(paragraph) });
  });
  return blocks;
}

export function spansOf(line: string): readonly Span[] {
  // Every second piece is what the pattern caught; a backtick without its partner stands for itself.
  return line
    .split(/`([^`]+)`/)
    .map((text, place) => ({ text, isCode: place % 2 === 1 }))
    .filter((span) => span.text !== "");
}

function paragraphsOf(text: string): readonly string[] {
  return text
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.replace(/^\n+|\s+$/g, ""))
    .filter((paragraph) => paragraph !== "");
}

/** For places that take text only, such as the options of a select. */
export function plainText(text: string): string {
  return text.replaceAll("`", "");
}
