import type { ActionKind, CaseTold, Offer } from "../shared/acting";

export interface Attendance {
  readonly isMine: boolean;
  /** Who has this candidate, when it is somebody else; "": nobody has. */
  readonly other: string;
  /** Whether this proctor can have the candidate now. */
  readonly canTake: boolean;
  readonly words: string;
}

/** Who attends to a candidate, as this proctor is told it. `nowMs` is the server's time. */
export function attendanceOf(told: CaseTold | undefined, me: string, nowMs: number): Attendance {
  const free = (words: string): Attendance => ({ isMine: false, other: "", canTake: me !== "", words });
  if (told === undefined) return free("Nobody attends to this candidate.");
  if (told.supervision === "escalated") return free("Help is wanted with this candidate: anybody may take over.");
  if (told.supervision !== "attending")
    return free(told.assigned_name === "" ? "Nobody attends to this candidate." : `Assigned to ${told.assigned_name}.`);
  if (told.holder === me) return { isMine: true, other: "", canTake: false, words: "You have this candidate." };
  if (told.until_ms <= nowMs) return free(`${told.holder_name} had this candidate and is gone: you may take over.`);
  return { isMine: false, other: told.holder_name, canTake: false, words: `${told.holder_name} has this candidate. They can leave them to you, or ask for help.` };
}

/** Why this may not be asked now, in the server's words where it has some; null: it may be. */
export function whyNot(told: CaseTold | undefined, attendance: Attendance, me: string, kind: ActionKind): string | null {
  if (me === "") return "This connection may look and not act: open the wall from your own account.";
  if (attendance.other !== "") return attendance.words;
  return told?.barred.find((each) => each.kind === kind)?.why ?? null;
}

export function offerOf(offers: readonly Offer[], kind: ActionKind): Offer {
  return offers.find((offer) => offer.kind === kind) ?? { kind, reasons: [], needs_second: [] };
}
