import { ConnectionState } from "../shared/connection_state";
import { Icon } from "../shared/icons";
import { sayCount } from "../shared/wording";
import { FOLDS_FROM } from "./seating";
import type { Wall } from "./wall";

export interface Switches {
  readonly boxes: boolean;
  readonly sound: boolean;
  /** null: as many candidates as there are decide. */
  readonly folds: boolean | null;
  /** Single letters are keys. */
  readonly letters: boolean;
}

/** Whether quiet tiles fold: as the proctor wants it, else where there are many. */
export function foldsIn(wall: Wall, switches: Switches): boolean {
  return switches.folds ?? wall.cards.size >= FOLDS_FROM;
}

/** What the exam is, how it goes, and two switches. */
export function TopBar(props: { wall: Wall; switches: Switches; set: (switches: Switches) => void; write: () => void; showKeys: () => void }) {
  const { wall, switches, set } = props;
  const folds = foldsIn(wall, switches);
  const states = [...wall.cards.values()].map((card) => card.state);
  const count = (state: string): number => states.filter((each) => each === state).length;
  const open = [...wall.book.openBySession.values()].flat().length;
  return (
    <header class="bar">
      <p class="where">
        <strong>{wall.examTitle ?? "Proctor wall"}</strong>
      </p>
      <p class="counts" data-testid="counts">
        <span>{count("live")} live</span>
        <span>{count("away")} disconnected</span>
        {count("waiting") === 0 ? null : <span>{count("waiting")} not started</span>}
        <span>{count("finished")} finished</span>
        <a class="open" data-open={open} href="#incidents">
          {sayCount(open, "open incident", "open incidents")}
        </a>
      </p>
      <ConnectionState state={wall.line.state} />
      <span class="switches">
        <button type="button" class="switch" onClick={props.write} data-testid="broadcast">
          Write to everybody
        </button>
        <button type="button" class="switch" aria-pressed={folds} onClick={() => set({ ...switches, folds: !folds })} data-testid="fold-quiet">
          Fold quiet
        </button>
        <button
          type="button"
          class="switch"
          aria-pressed={switches.boxes}
          onClick={() => set({ ...switches, boxes: !switches.boxes })}
        >
          <Icon name="frame" />
          Face boxes
        </button>
        <button
          type="button"
          class="switch"
          aria-pressed={switches.sound}
          onClick={() => set({ ...switches, sound: !switches.sound })}
        >
          <Icon name={switches.sound ? "sound_on" : "sound_off"} />
          Sound
        </button>
        <button type="button" class="switch" onClick={props.showKeys} aria-label="Keys" title="Keys (?)" data-testid="show-keys">
          ?
        </button>
      </span>
    </header>
  );
}
