import type { CaseTold } from "../shared/acting";
import { Icon } from "../shared/icons";
import type { Card, Incident } from "../shared/messages";
import { RULE_WORDS, sayFaces, sayJudged, STANDING_WORDS } from "../shared/wording";
import { callsOf } from "./calling";
import { Staleness, useLivePicture } from "./live_picture";
import { Rate } from "./rate";
import type { Wall } from "./wall";

/** One candidate in the grid. The whole tile is a button that enlarges it. */
export function CandidateTile(props: {
  wall: Wall;
  card: Card;
  open: readonly Incident[];
  told: CaseTold | undefined;
  /** Why the ranking has them where they are. */
  why: string;
  boxes: boolean;
  enlarge: (sessionId: string, byPointer: boolean) => void;
}) {
  const { wall, card, open } = props;
  const { canvas, shown } = useLivePicture(wall.pictures, card.session_id, props.boxes);
  const faces = shown.tile === null ? card.faces : shown.tile.faces;
  const rate = card.state === "live" ? (shown.tile?.frames_per_second ?? null) : null;
  const worst = open.find((incident) => incident.channel === "behaviour") ?? open[0];
  return (
    <button
      type="button"
      class="tile"
      data-testid="tile"
      data-session-id={card.session_id}
      data-state={card.state}
      data-frames={shown.frames}
      data-faces={faces ?? ""}
      data-open={worst?.channel ?? ""}
      onClick={(event) => props.enlarge(card.session_id, event.detail > 0)}
    >
      <span class="picture">
        <canvas ref={canvas} width={320} height={240} hidden={shown.frames === 0} />
        {shown.frames === 0 ? (
          <span class="blank">
            <Icon name="camera" />
            {card.state === "live" ? "Waiting for a picture" : "No picture yet"}
          </span>
        ) : null}
        {card.state === "finished" ? null : <Staleness clock={wall.clock} tile={shown.tile} />}
      </span>
      <span class="caption">
        <strong>{card.candidate_name}</strong>
        <span class="standing" data-state={card.state}>
          {STANDING_WORDS[card.state]}
        </span>
        <span class="faces">{card.state === "live" ? sayFaces(faces) : ""}</span>
        <Rate perSecond={rate} wanted={shown.tile?.frames_asked ?? wall.framesPerSecond} />
        {card.signals_off.length === 0 ? null : (
          <span class="judged" data-testid="judged">
            {sayJudged(card.signals_off)}
          </span>
        )}
        {callsOf(props.told, wall.floor.me).map((call) => (
          <span key={call.kind} class="call" data-call={call.kind} data-testid="call">
            {call.words}
          </span>
        ))}
        {props.why === "" ? null : <span class="why">{props.why}</span>}
      </span>
      {worst === undefined ? null : (
        <span class="chip" data-channel={worst.channel}>
          <Icon name={worst.channel === "behaviour" ? "alert" : "unseen"} />
          {RULE_WORDS[worst.rule]}
          {open.length > 1 ? ` +${open.length - 1}` : ""}
        </span>
      )}
    </button>
  );
}
