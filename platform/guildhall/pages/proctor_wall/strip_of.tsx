import { useState } from "preact/hooks";
import type { Incident } from "../shared/messages";
import { Film, type StripShown } from "../shared/strip";
import type { Wall } from "./wall";

/** The pictures around one incident, only once a proctor asks for them: each look is logged. */
export function StripOf({ wall, incident, title }: { wall: Wall; incident: Incident; title: string }) {
  const [strip, setStrip] = useState<StripShown | null>(null);
  const [failure, setFailure] = useState("");
  const show = async (): Promise<void> => {
    const { session_id, incident_id } = incident;
    const answer = await wall.line.ask<StripShown>("strip", { session_id, incident_id });
    setFailure("problem" in answer ? answer.problem.detail : "");
    if ("reply" in answer) setStrip(answer.reply);
  };
  return (
    <div class="strip">
      <button type="button" aria-expanded={strip !== null} onClick={() => (strip === null ? void show() : setStrip(null))} data-testid="show-strip">
        {strip === null ? "Pictures" : "Hide the pictures"}
        <span class="unseen">: {title}. Each look is logged.</span>
      </button>
      {strip === null ? null : (
        <>
          {strip.sentence === "" ? null : (
            <p class="hint" role="status" data-testid="strip-told">
              {strip.sentence}
            </p>
          )}
          {strip.pictures.length === 0 ? null : <Film pictures={strip.pictures} openedAtMs={strip.opened_at_ms} />}
        </>
      )}
      {failure === "" ? null : <p role="alert">{failure}</p>}
    </div>
  );
}
