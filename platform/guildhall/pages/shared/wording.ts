// How the pages say times, durations and names of rules. Pure.
import type { Channel, Corroboration, Rule, Signal, Standing } from "./messages";

export const RULE_WORDS: Readonly<Record<Rule, string>> = {
  absent: "Nobody in view",
  several_faces: "More than one person",
  looking_away: "Looking away",
  camera_dark: "Too dark to see",
  camera_covered: "Camera covered",
  camera_unclear: "Picture not clear",
  no_frames: "No picture arriving",
  feed_frozen: "Picture stands still",
  feed_looped: "Pictures repeat",
  virtual_camera: "Camera may be a program",
  screen_filmed: "May be a filmed screen",
  face_changed: "Face looks different",
  tab_hidden: "Exam not on the screen",
  focus_lost: "Another window in use",
  full_screen_left: "Full screen left",
  copied: "Something copied",
  pasted: "Something pasted",
  printed: "Page printed",
  second_screen: "Second screen",
  developer_tools: "Developer tools, perhaps",
  network_lost: "Network lost",
  clock_jumped: "Clock changed",
};

export const CHANNEL_WORDS: Readonly<Record<Channel, string>> = {
  behaviour: "Behaviour",
  visibility: "Cannot see",
  please_check: "Please check",
  claim: "Browser says",
};

export const CORROBORATION_WORDS: Readonly<Record<Corroboration, string>> = {
  looking_away: "the face was turned away",
  absent: "nobody was in view",
  no_frames: "no pictures arrived",
  connection_lost: "the connection was gone at our end too",
  clock_offset: "our clock saw theirs leap",
};

/** What else was seen at the time of a claim; nothing for what is only a claim. */
export function sayCorroborated(by: readonly Corroboration[]): string {
  return by.length === 0 ? "" : `Also seen at that time: ${by.map((one) => CORROBORATION_WORDS[one]).join(", ")}.`;
}

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  waiting: "Not started",
  live: "Live",
  away: "Disconnected",
  finished: "Finished",
};

/** "0.2 s", "6 s", "3 min", "2 h 5 min": never a false precision, never negative. */
export function sayDuration(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 1) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) {
    const rest = Math.floor(seconds % 60);
    return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  }
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

export function sayFaces(faces: number | null): string {
  if (faces === null) return "Faces unknown";
  if (faces === 0) return "No face";
  return faces === 1 ? "1 face" : `${faces} faces`;
}

const JUDGED_SIGNALS = 3; // `JUDGED` of proctoring/model/: the head both ways, the eyes sideways

const SIGNAL_WORDS: Record<Signal, string> = {
  yaw: "head turned sideways",
  pitch: "head turned up or down",
  gaze_x: "eyes turned sideways",
  gaze_y: "eyes turned up or down",
  eyes: "closed eyes",
  mouth: "an open mouth",
};

/** What cannot be read well enough of this person to be judged; empty when all of it can. */
export function saySignalsOff(signals: readonly Signal[]): string {
  if (signals.length === 0) return "";
  const named = signals.map((signal) => SIGNAL_WORDS[signal]);
  const list = named.length > 1 ? `${named.slice(0, -1).join(", ")} and ${named[named.length - 1]}` : named[0];
  return `Not judged for this person, because it reads too poorly: ${list}.`;
}

/** For a tile, where a sentence has no room; `judged` is how many signals looking away is told from. */
export function sayJudged(signalsOff: readonly Signal[], judged = JUDGED_SIGNALS): string {
  if (signalsOff.length === 0) return "";
  return signalsOff.length < judged ? "Looking away judged in part" : "Looking away not judged";
}

/** Why a rate is lower than it should be, for whoever wonders; nothing where it is not. */
export function explainRate(perSecond: number | null, wantedPerSecond: number): string {
  if (!isSlowed(perSecond, wantedPerSecond)) return "";
  return "Fewer pictures of this candidate are looked at than should be: the engine is full, or their connection is slow.";
}

/** "5 frames/s", or "2.2 of 5 frames/s" where it is less than it should be; nothing before it is known. */
export function sayRate(perSecond: number | null, wantedPerSecond: number): string {
  if (perSecond === null) return "";
  if (!isSlowed(perSecond, wantedPerSecond)) return `${tidy(wantedPerSecond)} frames/s`;
  return `${tidy(perSecond)} of ${tidy(wantedPerSecond)} frames/s`;
}

/** A tenth less than wanted is the camera's or the network's own unevenness. */
export function isSlowed(perSecond: number | null, wantedPerSecond: number): boolean {
  return perSecond !== null && perSecond < 0.9 * wantedPerSecond;
}

const tidy = (number: number): string => String(Math.round(number * 10) / 10);

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** The time of day where the reader sits. */
export function sayClock(atMs: number): string {
  return clockTime.format(atMs);
}

const dayAndTime = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** The day and the time of day where the reader sits. */
export function sayDay(atMs: number): string {
  return dayAndTime.format(atMs);
}

export function sayCount(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
