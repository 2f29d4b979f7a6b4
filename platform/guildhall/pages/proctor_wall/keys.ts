import type { ActionKind } from "../shared/acting";

export type Command = ActionKind | "keys" | "first" | "fold" | "previous" | "next" | "note" | "attend" | "help" | "lower_hand";
export type Place = "wall" | "candidate";

export interface Key {
  readonly key: string;
  /** As a person reads it on the keyboard. */
  readonly shown: string;
  readonly place: Place | "both";
  readonly command: Command;
  readonly does: string;
}

/** The whole keyboard, as the dialog lists it and as it is obeyed. */
export const KEYS: readonly Key[] = [
  { key: "?", shown: "?", place: "both", command: "keys", does: "Show these keys" },
  { key: "n", shown: "N", place: "wall", command: "first", does: "Look at whoever needs it first" },
  { key: "f", shown: "F", place: "wall", command: "fold", does: "Fold quiet tiles, or show them" },
  { key: "b", shown: "B", place: "wall", command: "broadcast", does: "Write to everybody" },
  { key: "ArrowLeft", shown: "←", place: "candidate", command: "previous", does: "Previous candidate" },
  { key: "ArrowRight", shown: "→", place: "candidate", command: "next", does: "Next candidate" },
  { key: "a", shown: "A", place: "candidate", command: "attend", does: "Attend, take over, or leave" },
  { key: "g", shown: "G", place: "candidate", command: "help", does: "Ask colleagues for help" },
  { key: "h", shown: "H", place: "candidate", command: "lower_hand", does: "Lower a raised hand" },
  { key: "m", shown: "M", place: "candidate", command: "message", does: "Write to the candidate" },
  { key: "k", shown: "K", place: "candidate", command: "note", does: "Keep a note" },
  { key: "w", shown: "W", place: "candidate", command: "warn", does: "Warn" },
  { key: "p", shown: "P", place: "candidate", command: "pause", does: "Pause the exam" },
  { key: "r", shown: "R", place: "candidate", command: "resume", does: "Go on with the exam" },
  { key: "e", shown: "E", place: "candidate", command: "extend", does: "Give more time" },
  { key: "s", shown: "S", place: "candidate", command: "room_scan", does: "Ask to see the room" },
  { key: "x", shown: "X", place: "candidate", command: "terminate", does: "End the exam" },
];

export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/**
 * What a key means there. Nothing while somebody types or holds a modifier; with `letters` off (WCAG 2.1.4: speech
 * input types single letters) only the arrows are left. Every action asks for its reason first, so no key alone acts.
 */
export function commandOf(pressed: Pressed, place: Place, isTyping: boolean, letters: boolean): Command | null {
  if (isTyping || pressed.ctrlKey || pressed.altKey || pressed.metaKey) return null;
  if (!letters && pressed.key.length === 1) return null;
  const wanted = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  return KEYS.find((each) => each.key === wanted && (each.place === place || each.place === "both"))?.command ?? null;
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select") !== null;
}
