// The numbers in words. Pure.
import type { NumbersTold } from "./told";

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/** A share in whole percent; a dash where there is nothing to be a share of. */
export function sayShare(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((100 * part) / whole)} %`;
}

export function sayTime(ms: number): string {
  if (ms === 0) return "–";
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}

/** The mean of what was given, from 1 to 5; null where nobody has. */
export function meanRating(ratings: readonly number[]): number | null {
  const count = ratings.reduce((sum, each) => sum + each, 0);
  return count === 0 ? null : ratings.reduce((sum, each, index) => sum + each * (index + 1), 0) / count;
}

export function sayCost(tokens: number, told: Pick<NumbersTold, "million_tokens_cost" | "cost_currency">): string {
  if (tokens === 0) return "nothing";
  if (told.million_tokens_cost === 0) return `${tokens} tokens`;
  return `${((tokens * told.million_tokens_cost) / 1_000_000).toFixed(2)} ${told.cost_currency}`;
}

export function figuresOf(told: NumbersTold): readonly Figure[] {
  const all = told.whole;
  const promises = all.promises_kept + all.promises_broken;
  const rated = all.ratings.reduce((sum, each) => sum + each, 0);
  const mean = meanRating(all.ratings);
  return [
    {
      name: "Needed no person",
      value: sayShare(all.deflected, all.rested),
      why: `${all.deflected} of ${all.rested} that have been quiet for a day: answered by the bot, no person wanted, and nobody came back within that day.`,
    },
    { name: "First answer", value: sayTime(all.reply.median_ms), why: `Half had one sooner, nine of ten within ${sayTime(all.reply.p90_ms)}; by bot or person.` },
    {
      name: "A person’s first words",
      value: sayTime(all.person.median_ms),
      why: `From when one was wanted; nine of ten within ${sayTime(all.person.p90_ms)}. ${all.person_answered} of ${all.person_wanted} had them.`,
    },
    { name: "Resolved", value: sayShare(all.resolved, all.asked), why: `Half within ${sayTime(all.resolution.median_ms)}; ${all.reopened} were opened again.` },
    { name: "Unanswered", value: String(all.unanswered), why: `Of ${all.asked} who asked; nobody answered for an hour or more.` },
    { name: "Promises kept", value: sayShare(all.promises_kept, promises), why: `${all.promises_kept} of ${promises} answered by the time that was promised.` },
    { name: "Rated", value: mean === null ? "–" : `${mean.toFixed(1)} of 5`, why: `By ${rated} of ${all.resolved} whose conversation was resolved.` },
    {
      name: "The AI cost",
      value: sayCost(all.tokens, told),
      why: all.asked === 0 ? "On all sites together." : `On all sites together; ${sayCost(Math.round(all.tokens / all.asked), told)} for each who asked.`,
    },
  ];
}
