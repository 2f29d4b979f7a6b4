// What proctors have asked and the person has not taken note of. Pure.
import type { ActionKind, ActionTold } from "../../shared/acting_told";

/** They take the place of what is older, as the server does it (`_REPLACES` of proctoring/rules/acting.py). */
const REPLACES: Readonly<Partial<Record<ActionKind, readonly ActionKind[]>>> = {
  pause: ["resume"],
  resume: ["pause"],
  room_scan: ["room_scan"],
  terminate: ["pause", "resume", "room_scan", "extend"],
};
const IN_DIALOG: readonly ActionKind[] = ["warn", "room_scan", "terminate"];
const IN_BANNER: readonly ActionKind[] = ["pause", "resume", "extend"];

export interface Asked {
  /** In the order in which they were asked; each once. */
  readonly open: readonly ActionTold[];
  /** When the pause began that a resume ended, by the resume's id: for how long the clock stood. */
  readonly pausedAtMs: Readonly<Record<string, number>>;
}

export const NOTHING_ASKED: Asked = { open: [], pausedAtMs: {} };

/** With what was told; unchanged where it is known, taken note of already, or replaced by something newer. */
export function heard(asked: Asked, told: ActionTold, isAcknowledged: (id: string) => boolean): Asked {
  const { open } = asked;
  if (isAcknowledged(told.action_id) || open.some((each) => each.action_id === told.action_id)) return asked;
  if (open.some((each) => replaces(each, told))) return asked;
  const replaced = open.filter((each) => replaces(told, each));
  const pause = replaced.find((each) => each.kind === "pause");
  const left = open.filter((each) => !replaced.includes(each));
  return {
    open: [...left, told].toSorted((one, other) => one.number - other.number),
    pausedAtMs:
      told.kind === "resume" && pause !== undefined ? { ...asked.pausedAtMs, [told.action_id]: pause.asked_at_ms } : asked.pausedAtMs,
  };
}

export function without(asked: Asked, actionId: string): Asked {
  return { ...asked, open: asked.open.filter((each) => each.action_id !== actionId) };
}

/** The one that the dialog shows: the oldest, one after the other. */
export function inDialog(asked: Asked): ActionTold | null {
  return asked.open.find((each) => IN_DIALOG.includes(each.kind)) ?? null;
}

export function inBanners(asked: Asked): readonly ActionTold[] {
  return asked.open.filter((each) => IN_BANNER.includes(each.kind));
}

/** Messages: taken note of when the conversation is on the screen. */
export function spoken(asked: Asked): readonly ActionTold[] {
  return asked.open.filter((each) => each.kind === "message" || each.kind === "broadcast");
}

function replaces(newer: ActionTold, older: ActionTold): boolean {
  return newer.number > older.number && REPLACES[newer.kind]?.includes(older.kind) === true;
}
