// What the server tells of the desk's numbers: the mirror of chat/messages/numbers.py.

export interface Spread {
  readonly median_ms: number;
  readonly p90_ms: number;
}

export interface Numbers {
  readonly opened: number;
  readonly asked: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly bot_alone: number;
  readonly deflected: number;
  readonly rested: number;
  readonly person_wanted: number;
  readonly person_answered: number;
  readonly resolved: number;
  readonly reopened: number;
  readonly promises_kept: number;
  readonly promises_broken: number;
  /** How often 1 to 5 was given. */
  readonly ratings: readonly number[];
  readonly reply: Spread;
  readonly person: Spread;
  readonly resolution: Spread;
  readonly tokens: number;
}

export interface Day {
  readonly day: string;
  readonly numbers: Numbers;
}

export interface NumbersTold {
  readonly sites: readonly string[];
  readonly whole: Numbers;
  readonly days: readonly Day[];
  /** 0 where the owner has not said. */
  readonly million_tokens_cost: number;
  readonly cost_currency: string;
  readonly counted_to_ms: number;
}
