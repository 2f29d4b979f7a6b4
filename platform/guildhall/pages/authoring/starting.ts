// What a new item, criterion, section or exam begins with. Pure.
import type { Choice, Question } from "../shared/exam";
import type { ExamPlan, ItemWanted, Key, Section } from "./authored";

const PROMPT = { text: "", pictures: [] };

/** An id that none of these has: letters first, then letters with a number. It says nothing about what is right. */
export function freshId(taken: readonly string[], prefix = ""): string {
  for (let number = 0; ; number += 1) {
    const letter = "abcdefghijklmnopqrstuvwxyz"[number % 26] ?? "a";
    const id = `${prefix}${letter}${number < 26 ? "" : Math.floor(number / 26)}`;
    if (!taken.includes(id)) return id;
  }
}

export function emptyChoices(count: number, prefix = ""): Choice[] {
  const choices: Choice[] = [];
  while (choices.length < count) {
    choices.push({ id: freshId(choices.map((one) => one.id), prefix), text: "", picture: null });
  }
  return choices;
}

export function newItem(kind: Question["kind"]): ItemWanted {
  return { name: "", tags: [], difficulty: 3, content: { ...begin(kind), rationale: "" } };
}

function begin(kind: Question["kind"]): { question: ItemWanted["content"]["question"]; key: Key } {
  switch (kind) {
    case "single_choice":
      return {
        question: { kind, prompt: PROMPT, choices: emptyChoices(4), shuffles: true },
        key: { kind: "choice", correct: ["a"], credit: "all_or_nothing" },
      };
    case "multiple_choice":
      return {
        question: { kind, prompt: PROMPT, choices: emptyChoices(4), shuffles: true, choose_most: null },
        key: { kind: "choice", correct: ["a"], credit: "by_part" },
      };
    case "numeric":
      return { question: { kind, prompt: PROMPT, unit: "" }, key: { kind: "numeric", value: "", tolerance: "0", is_relative: false } };
    case "short_text":
      return {
        question: { kind, prompt: PROMPT, characters_max: 200 },
        key: { kind: "text", accepted: [""], is_case_sensitive: false },
      };
    case "long_text":
      return { question: { kind, prompt: PROMPT, words_advised: null, characters_max: 20_000 }, key: emptyRubric() };
    case "code":
      return { question: { kind, prompt: PROMPT, language: "", starter: "", characters_max: 20_000 }, key: emptyRubric() };
    case "file_upload":
      return {
        question: {
          kind,
          prompt: PROMPT,
          content_types: ["application/pdf", "image/png", "image/jpeg"],
          files_most: 1,
          bytes_most: 10 * 1024 * 1024,
        },
        key: emptyRubric(),
      };
    case "ordering": {
      const parts = emptyChoices(3);
      return { question: { kind, prompt: PROMPT, parts }, key: { kind: "ordering", order: parts.map((one) => one.id), credit: "all_or_nothing" } };
    }
    case "matching":
      return {
        question: { kind, prompt: PROMPT, left: emptyChoices(2, "l"), right: emptyChoices(2, "r") },
        key: { kind: "matching", pairs: { la: "ra", lb: "rb" }, credit: "by_part" },
      };
  }
}

export function emptyRubric(): Key {
  return { kind: "rubric", criteria: [{ id: "a", title: "", description: "", centipoints: 100 }], model_answer: "" };
}

export function newSection(taken: readonly string[], bankId: string): Section {
  return {
    id: freshId(taken, "s"),
    title: `Section ${taken.length + 1}`,
    instructions: "",
    sources: [{ kind: "draw", bank_id: bankId, count: 1, tags: [], least_difficulty: 1, most_difficulty: 5 }],
    centipoints_each: 100,
    penalty_centipoints: 0,
    shuffles_items: true,
    shuffles_choices: true,
  };
}

export function newPlan(title: string): ExamPlan {
  return {
    title,
    instructions: "",
    duration_seconds: 3600,
    sections: [],
    pass_percent: 60,
    marking: { markers: 1, is_anonymous: true, tolerance_percent: 10 },
    release: "at_once",
    feedback: "items",
    is_proctored: false,
    needs_admission: false,
    is_navigation_free: true,
    credential_title: "",
    credential_level: "",
    credential_months: 0,
  };
}

/** "Two words, AND more" -> tags as the server takes them. */
export function readTags(text: string): string[] {
  const tags = text.split(",").map((one) => one.trim().toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40));
  return [...new Set(tags.filter((one) => one !== ""))];
}
