// How a step's form becomes what is sent. Pure but for FormData.
import type { Content, StepKind } from "../shared/onboarding";

const text = (form: FormData, name: string): string => String(form.get(name) ?? "").trim();

/** What was entered so far; whatever is missing is the server's to say. */
export function readForm(kind: StepKind, form: FormData): Content {
  switch (kind) {
    case "profile":
      return {
        name: text(form, "name"),
        headline: text(form, "headline"),
        about: text(form, "about"),
        country: text(form, "country"),
        time_zone: text(form, "time_zone"),
        languages: splitList(text(form, "languages")),
      };
    case "skills":
      return { skills: readSkills(form) };
    case "consents":
      return { given: readGiven(form) };
    case "agreement":
      return { given: readGiven(form), signature: text(form, "signature") };
    case "payout":
      return { holder: text(form, "holder"), account_number: text(form, "account_number") };
    default:
      return {};
  }
}

/** "English, French" in any of the ways people write lists. */
export function splitList(written: string): readonly string[] {
  return [...new Set(written.split(/[,;\n]/).map((one) => one.trim()).filter((one) => one !== ""))];
}

function readSkills(form: FormData): readonly Content[] {
  const rows: Content[] = [];
  for (let row = 0; form.has(`skills.${row}.name`); row += 1) {
    const name = text(form, `skills.${row}.name`);
    const evidence = text(form, `skills.${row}.evidence`);
    if (name === "" && evidence === "") continue;
    rows.push({
      name,
      level: text(form, `skills.${row}.level`),
      years: Number(text(form, `skills.${row}.years`) || "0"),
      evidence: evidence === "" ? null : evidence,
    });
  }
  return rows;
}

function readGiven(form: FormData): Readonly<Record<string, boolean>> {
  const given: Record<string, boolean> = {};
  for (const [name, value] of form) if (name.startsWith("given.")) given[name.slice(6)] = value === "yes";
  return given;
}

/** A text of what was saved, whatever it was. */
export function saved(content: Content, name: string): string {
  const value = content[name];
  return typeof value === "string" ? value : "";
}

export function savedList(content: Content, name: string): readonly Content[] {
  const value = content[name];
  return Array.isArray(value) ? value.filter((one): one is Content => typeof one === "object" && one !== null) : [];
}

export function savedWords(content: Content, name: string): string {
  const value = content[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string").join(", ") : "";
}

export function savedGiven(content: Content, key: string): boolean | null {
  const given = content.given;
  if (typeof given !== "object" || given === null) return null;
  const value: unknown = (given as Record<string, unknown>)[key];
  return typeof value === "boolean" ? value : null;
}
