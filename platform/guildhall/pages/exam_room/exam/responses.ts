// Responses as the page looks at them: is there one, does it fit, are two the same. Pure.
import type { Question, Response } from "../../shared/exam";
import type { Problem } from "../../shared/messages";

/** An empty response is an answer that was taken back. */
export function isAnswered(response: Response | null): boolean {
  if (response === null) return false;
  switch (response.kind) {
    case "chosen":
      return response.chosen.length > 0;
    case "written":
      return response.text.trim() !== "";
    case "ordered":
      return response.order.length > 0;
    case "matched":
      return Object.keys(response.pairs).length > 0;
    case "filed":
      return response.files.length > 0;
  }
}

export function isSame(one: Response | null, other: Response | null): boolean {
  if (!isAnswered(one) && !isAnswered(other)) return true;
  return canonical(one) === canonical(other);
}

function canonical(response: Response | null): string {
  if (response?.kind === "chosen") return JSON.stringify(response.chosen.toSorted());
  if (response?.kind === "matched") return JSON.stringify(Object.entries(response.pairs).toSorted());
  return JSON.stringify(response);
}

/** As the server counts: code points, not the halves of an emoji. */
export function countCharacters(text: string): number {
  return [...text].length;
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

const NUMBER_CHARACTERS_MAX = 60;

export function charactersMax(question: Question): number | null {
  if (question.kind === "numeric") return NUMBER_CHARACTERS_MAX;
  return "characters_max" in question ? question.characters_max : null;
}

/** Why the server would refuse this response: what it says in rules/fitting.py, told without asking it. */
export function misfit(question: Question, response: Response | null): Problem | null {
  const most = charactersMax(question);
  if (response?.kind !== "written" || most === null || countCharacters(response.text) <= most) return null;
  return {
    type: "too-long",
    title: "Too long",
    status: 422,
    detail: `This is longer than ${most} characters. It stays here as you wrote it, but it counts only once it is shorter.`,
  };
}

/** The number that a text means to be, or what is wrong with it; an empty one is nothing yet. */
export function sayNumber(text: string): string | null {
  const tidy = text.trim();
  if (tidy === "" || /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(tidy)) return null;
  if (/^[+-]?\d+,\d+$/.test(tidy)) return "Write the decimals after a point: 3.14, not 3,14.";
  return "This does not read as a number yet. Write digits, with a point before the decimals: -12.5";
}

/** An answer in one line, for the choice between two of them. */
export function sayResponse(question: Question | null, response: Response | null): string {
  if (response === null || !isAnswered(response)) return "No answer";
  const texts = new Map(partsOf(question).map((part) => [part.id, part.text]));
  const say = (id: string | undefined): string => (id === undefined ? "?" : (texts.get(id) ?? id));
  switch (response.kind) {
    case "chosen":
      return response.chosen.map(say).join("; ");
    case "written":
      return response.text;
    case "ordered":
      return response.order.map((id, place) => `${place + 1}. ${say(id)}`).join("; ");
    case "matched":
      return Object.entries(response.pairs)
        .map(([left, right]) => `${say(left)}: ${say(right)}`)
        .join("; ");
    case "filed":
      return response.files.map((file) => file.name).join("; ");
  }
}

function partsOf(question: Question | null): readonly { id: string; text: string }[] {
  if (question === null) return [];
  if ("choices" in question) return question.choices;
  if ("parts" in question) return question.parts;
  return "left" in question ? [...question.left, ...question.right] : [];
}
