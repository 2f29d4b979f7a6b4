import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Card } from "../shared/messages";
import { explainRate, sayFaces, saySignalsOff, STANDING_WORDS } from "../shared/wording";
import { attendanceOf, whyNot } from "./attendance";
import { CasePanel } from "./case_panel";
import { commandOf, isTyping } from "./keys";
import { Staleness, useLivePicture } from "./live_picture";
import { PhotographsOf } from "./photographs";
import { Rate } from "./rate";
import { timelineOf } from "./timeline";
import { Timeline } from "./timeline_view";
import type { Wall } from "./wall";
import { Composer } from "./writing";
import { useModal } from "../shared/use_modal";

/** One candidate, large, at full rate. Arrow keys walk through the grid's order, Escape closes. */
export function Enlarged(props: {
  wall: Wall;
  card: Card;
  boxes: boolean;
  /** Single letters are keys, and nothing lies over this. */
  keysOn: boolean;
  step: (by: 1 | -1) => void;
  close: () => void;
}) {
  const { wall, card } = props;
  const dialog = useModal();
  const { canvas, shown } = useLivePicture(wall.pictures, card.session_id, props.boxes);
  useEffect(() => wall.focus(card.session_id), [card.session_id]);
  useEffect(() => () => wall.focus(null), []);
  const faces = shown.tile === null ? card.faces : shown.tile.faces;
  const slowness = card.state === "live" ? explainRate(shown.tile?.frames_per_second ?? null, shown.tile?.frames_asked ?? wall.framesPerSecond) : "";
  const { floor } = wall;
  const incidents = wall.book.incidents.filter((incident) => incident.session_id === card.session_id);
  const told = floor.cases.get(card.session_id);
  const moments = timelineOf(incidents, floor.linesOf(card.session_id), told?.open ?? []);
  const attendance = attendanceOf(told, floor.me, wall.clock.now());
  const whyNoMessage = whyNot(told, attendance, floor.me, "message");
  const [isFlag, setIsFlag] = useState(false);
  useEffect(() => setIsFlag(false), [card.session_id]);
  const walk = (event: KeyboardEvent): void => {
    const command = commandOf(event, "candidate", isTyping(event.target), false);
    if (command === "next") props.step(1);
    else if (command === "previous") props.step(-1);
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
          <Rate perSecond={shown.tile?.frames_per_second ?? null} wanted={shown.tile?.frames_asked ?? wall.framesPerSecond} />
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
      <div class="watched">
        <div class="picture">
          <canvas ref={canvas} width={640} height={480} hidden={shown.frames === 0} />
          {shown.frames === 0 ? <span class="blank">No picture yet</span> : null}
          {card.state === "finished" ? null : <Staleness clock={wall.clock} tile={shown.tile} />}
        </div>
        <CasePanel key={card.session_id} wall={wall} card={card} keysOn={props.keysOn} />
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
        <div class="composers" key={card.session_id}>
          <Composer
            floor={floor}
            name={`${card.session_id} message`}
            label={`Write to ${card.candidate_name}`}
            act="Send"
            testId="message"
            event="act"
            whyNot={whyNoMessage}
            bodyOf={(text) => ({ session_id: card.session_id, kind: "message", text })}
          />
          {whyNoMessage === null ? null : (
            <p class="hint">{attendance.other === "" ? whyNoMessage : `${attendance.other} writes to them just now.`}</p>
          )}
          <Composer
            floor={floor}
            name={`${card.session_id} note`}
            label="Note for colleagues and the review"
            act="Keep"
            testId="note"
            event="note"
            whyNot={floor.me === "" ? "look and not act" : null}
            bodyOf={(text) => ({ session_id: card.session_id, text, is_flag: isFlag })}
            sent={() => setIsFlag(false)}
          >
            <label class="check">
              <input type="checkbox" checked={isFlag} onChange={(event) => setIsFlag(event.currentTarget.checked)} data-testid="flag" />
              Flag for the review
            </label>
          </Composer>
        </div>
        <PhotographsOf key={`photographs ${card.session_id}`} wall={wall} sessionId={card.session_id} name={card.candidate_name} />
        <Timeline wall={wall} name={card.candidate_name} moments={moments} />
      </div>
    </dialog>
  );
}
