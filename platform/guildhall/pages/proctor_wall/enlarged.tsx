import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Card } from "../shared/messages";
import { explainRate, sayFaces, saySignalsOff, STANDING_WORDS } from "../shared/wording";
import { IncidentList } from "./incidents";
import { Staleness, useLivePicture } from "./live_picture";
import { Rate } from "./rate";
import type { Wall } from "./wall";

/** One candidate, large, at full rate. Arrow keys walk through the grid's order, Escape closes. */
export function Enlarged(props: {
  wall: Wall;
  card: Card;
  boxes: boolean;
  step: (by: 1 | -1) => void;
  close: () => void;
}) {
  const { wall, card } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const { canvas, shown } = useLivePicture(wall.pictures, card.session_id, props.boxes);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => wall.focus(card.session_id), [card.session_id]);
  useEffect(() => () => wall.focus(null), []);
  const faces = shown.tile === null ? card.faces : shown.tile.faces;
  const slowness = card.state === "live" ? explainRate(shown.tile?.frames_per_second ?? null, wall.framesPerSecond) : "";
  const incidents = wall.book.incidents.filter((incident) => incident.session_id === card.session_id);
  const walk = (event: KeyboardEvent): void => {
    if (event.key === "ArrowRight") props.step(1);
    else if (event.key === "ArrowLeft") props.step(-1);
  };
  return (
    <dialog
      ref={dialog}
      class="enlarged"
      onClose={props.close}
      onKeyDown={walk}
      aria-labelledby="enlarged-name"
      data-testid="enlarged"
      data-session-id={card.session_id}
      data-frames={shown.frames}
    >
      <header>
        <h2 id="enlarged-name">{card.candidate_name}</h2>
        <span class="standing" data-state={card.state}>
          {STANDING_WORDS[card.state]}
        </span>
        {card.state === "live" ? <span class="faces">{sayFaces(faces)}</span> : null}
        {card.state === "live" ? (
          <Rate perSecond={shown.tile?.frames_per_second ?? null} wanted={wall.framesPerSecond} />
        ) : null}
        <span class="tools">
          <button type="button" onClick={() => props.step(-1)} aria-label="Previous candidate" title="Previous (left arrow)">
            <Icon name="back" />
          </button>
          <button type="button" onClick={() => props.step(1)} aria-label="Next candidate" title="Next (right arrow)">
            <Icon name="arrow" />
          </button>
          <button type="button" onClick={() => dialog.current?.close()} aria-label="Close" title="Close (Esc)">
            <Icon name="close" />
          </button>
        </span>
      </header>
      <div class="picture">
        <canvas ref={canvas} width={640} height={480} hidden={shown.frames === 0} />
        {shown.frames === 0 ? <span class="blank">No picture yet</span> : null}
        {card.state === "finished" ? null : <Staleness clock={wall.clock} tile={shown.tile} />}
      </div>
      <div class="history">
        {slowness === "" ? null : (
          <p class="empty" data-testid="slowness">
            {slowness}
          </p>
        )}
        {card.signals_off.length === 0 ? null : (
          <p class="empty" data-testid="signals-off">
            {saySignalsOff(card.signals_off)}
          </p>
        )}
        {incidents.length === 0 ? (
          <p class="empty">No incidents for {card.candidate_name}.</p>
        ) : (
          <IncidentList incidents={incidents} clock={wall.clock} />
        )}
      </div>
    </dialog>
  );
}
