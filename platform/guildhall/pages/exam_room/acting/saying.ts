// How the candidate reads what a proctor did. Pure.
import type { ActionTold, Reason } from "../../shared/acting_told";
import { sayClock, sayDuration } from "../../shared/wording";

/** `TOLD` of proctoring/rules/allowing.py, word for word. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  technical_trouble: "There is a technical problem.",
  candidate_asked: "You asked for it.",
  interruption: "You were interrupted.",
  our_mistake: "We made a mistake.",
  cleared_up: "It has been cleared up.",
  someone_else: "Somebody else was seen with you.",
  away_from_seat: "You were away from your seat.",
  not_visible: "You cannot be seen well.",
  forbidden_material: "Something that is not allowed was seen.",
  talking: "You seemed to talk to somebody.",
  another_person_sits: "Another person seems to sit the exam.",
  rules_broken: "A rule of this exam was broken.",
  safety: "Somebody may be in danger.",
};

export function sayWhy(told: ActionTold): string {
  return [told.reason === null ? "" : REASON_WORDS[told.reason], told.text].filter((part) => part !== "").join(" ");
}

export function sayTitle(told: ActionTold): string {
  if (told.kind === "terminate") return "A proctor has ended your exam";
  return told.kind === "room_scan" ? "Please show your room" : "A warning from your proctor";
}

/** What it means for the person who reads it, and what to do. */
export function sayMeaning(told: ActionTold): string {
  if (told.kind === "terminate") {
    return "Everything you had saved is kept, and what happened is on record with the reason. You can contest it with whoever invited you.";
  }
  if (told.kind === "room_scan") {
    return "Turn your camera slowly once around the room and over your desk, then put it back and go on. Where you agreed to pictures of your room, this page takes them with you next, and you can still say no. Your clock has not been stopped; write to the proctor if you need time for it.";
  }
  return "Your exam goes on and its clock runs. A warning by itself changes nothing about your result; you can answer in the conversation.";
}

/** One line for a banner, with its minutes. `pausedAtMs`: when the pause began that this ended, where it is known. */
export function sayTurn(told: ActionTold, pausedAtMs: number | null): string {
  const by = told.by_name === "" ? "A proctor" : told.by_name;
  const at = sayClock(told.asked_at_ms);
  if (told.kind === "extend") return `${at}: ${by} gave you ${sayDuration(told.extra_seconds * 1000)} more.`;
  if (told.kind === "pause") return `${at}: ${by} paused your exam. The clock stands, so you lose no time.`;
  const stood = pausedAtMs === null ? "" : ` The clock stood for ${sayDuration(told.asked_at_ms - pausedAtMs)}, which is not counted.`;
  return `${at}: ${by} let your exam go on.${stood}`;
}
