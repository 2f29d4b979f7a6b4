// What the server tells of the FAQ: the mirror of chat/faq/messages.py and chat/answering/messages.py.

export type EntryState = "draft" | "published" | "archived";

export interface Entry {
  readonly id: string;
  readonly state: EntryState;
  readonly version: number;
  readonly question: string;
  readonly languages: readonly string[];
  readonly tags: readonly string[];
  readonly updated_at_ms: number;
}

export interface WordingTold {
  readonly language: string;
  readonly question: string;
  readonly answer: string;
  readonly phrasings: readonly string[];
}

export interface EntryWhole {
  readonly id: string;
  readonly rev: number;
  readonly state: EntryState;
  readonly version: number;
  readonly is_training_due: boolean;
  readonly draft: { readonly wordings: readonly WordingTold[]; readonly tags: readonly string[] };
  readonly published: { readonly wordings: readonly WordingTold[] } | null;
}

export interface Meter {
  readonly entry_id: string;
  readonly phrasings: number;
  readonly expected_hit_rate: number | null;
  readonly rival_id: string;
  readonly rival_share: number;
}

export interface Matcher {
  readonly language: string;
  readonly entries: number;
  readonly phrasings: number;
  readonly answer_at: number;
  readonly ask_at: number;
  readonly thresholds_from: number;
  readonly failing_cases: number;
  readonly fault: string;
  readonly meters: readonly Meter[];
}

export interface Suggestion {
  readonly questions: readonly { readonly id: string; readonly text: string; readonly asked_at_ms: number }[];
  readonly nearest_id: string;
  readonly likeness: number;
}

export interface Case {
  readonly id: string;
  readonly text: string;
  readonly entry_id: string;
  readonly given: string;
}

export interface Cases {
  readonly cases: number;
  readonly failing: readonly Case[];
}

export interface Tier {
  readonly state: "on" | "off" | "resting";
  readonly reason: string;
}

export interface Bands {
  readonly answer: number;
  readonly clarify: number;
  readonly hand_on: number;
}

export interface Replay {
  readonly questions: number;
  readonly before: Bands;
  readonly after: Bands;
  readonly known: number;
  readonly wrong_before: number;
  readonly wrong_after: number;
  readonly changed: readonly {
    readonly question: string;
    readonly before: keyof Bands;
    readonly after: keyof Bands;
    readonly entry_before: string;
    readonly entry_after: string;
    readonly right: string;
  }[];
}

/** What all parts of the page are about. */
export interface Place {
  readonly site: string;
  readonly language: string;
  /** Its question, by an entry's id; "" of none. */
  titleOf(entryId: string): string;
}

const BAND_NAMES: Readonly<Record<keyof Bands, string>> = { answer: "answered", clarify: "asked back", hand_on: "handed on" };

/** "answered: When will my parcel arrive?" */
export function sayBand(band: keyof Bands, title: string): string {
  return title === "" ? BAND_NAMES[band] : `${BAND_NAMES[band]}: ${title}`;
}

export function sayPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What would raise an entry's meter, in a sentence; "" where it does well. */
export function sayMeter(meter: Meter, rival: string): string {
  if (meter.expected_hit_rate === null) return "One phrasing only: write how else people put it.";
  const taken = meter.rival_share >= 0.1 && rival !== "" ? ` ${sayPercent(meter.rival_share)} find “${rival}” instead.` : "";
  if (meter.expected_hit_rate >= 0.8) return taken.trim();
  return `${meter.phrasings < 10 ? "More phrasings would help: ten are a good number." : "Its phrasings are like those of others."}${taken}`;
}
