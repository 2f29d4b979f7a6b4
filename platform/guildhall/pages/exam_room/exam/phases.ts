import type { AttemptShown } from "../../shared/exam";

export type Phase = "before" | "during" | "on_break" | "after";

export function phaseOf(attempt: AttemptShown): Phase {
  if (attempt.state === "submitted" || attempt.state === "expired" || attempt.state === "voided") return "after";
  if (attempt.state === "on_break") return "on_break";
  return attempt.state === "running" || attempt.state === "paused" ? "during" : "before";
}
