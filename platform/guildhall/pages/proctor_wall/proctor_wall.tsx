import { render } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Incident } from "../shared/messages";
import { NotAdmitted } from "../shared/notice";
import { claimToken } from "../shared/token";
import { RULE_WORDS } from "../shared/wording";
import { Admission } from "./admission";
import { Bell } from "./bell";
import { Broadcast } from "./broadcast";
import { Enlarged } from "./enlarged";
import { Grid } from "./grid";
import { IncidentPanel } from "./incidents";
import { KeyMap } from "./key_map";
import { commandOf, isTyping } from "./keys";
import "./proctor_wall.css";
import { foldsIn, TopBar, type Switches } from "./top_bar";
import { Wall } from "./wall";

const PAGE_TITLE = document.title;

function ProctorWall({ token }: { token: string }) {
  const [wall, setWall] = useState<Wall | null>(null);
  const [, redraw] = useState(0);
  const [switches, setSwitches] = useState<Switches>({ boxes: true, sound: false, folds: null, letters: true });
  const [enlarged, setEnlarged] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"keys" | "broadcast" | null>(null);
  const [spoken, setSpoken] = useState("");
  const bell = useRef<Bell | null>(null);
  const order = useRef<readonly string[]>([]);
  const byPointer = useRef(false);

  useEffect(() => {
    const told = (incidents: readonly Incident[]): void => {
      setSpoken(incidents.map((each) => `${each.candidate_name}: ${RULE_WORDS[each.rule]}.`).join(" "));
      if (incidents.some((each) => each.channel === "behaviour")) bell.current?.ring();
    };
    const opened = new Wall(token, () => redraw((count) => count + 1), told);
    setWall(opened);
    return () => opened.close();
  }, [token]);

  const open = wall === null ? 0 : [...wall.book.openBySession.values()].flat().length;
  useEffect(() => {
    document.title = open === 0 ? PAGE_TITLE : `(${open}) ${PAGE_TITLE}`;
  }, [open]);

  // Before the next paint: a key pressed just after a view closed was still taken for that view's.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const command = commandOf(event, enlarged === null ? "wall" : "candidate", isTyping(event.target), switches.letters);
      if (wall === null || dialog !== null || command === null) return;
      if (command === "keys") setDialog("keys");
      else if (command === "broadcast") setDialog("broadcast");
      else if (command === "fold") setSwitches({ ...switches, folds: !foldsIn(wall, switches) });
      else if (command === "first") setEnlarged(order.current[0] ?? null);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });

  if (wall === null) return null;
  if (wall.line.state === "refused") return <NotAdmitted refusal={wall.line.refusal} />;

  const flip = (next: Switches): void => {
    if (next.sound && bell.current === null) {
      bell.current = new Bell();
      bell.current.ring();
    } else if (!next.sound) {
      bell.current?.close();
      bell.current = null;
    }
    setSwitches(next);
  };
  const step = (by: 1 | -1): void => {
    const place = order.current.indexOf(enlarged ?? "");
    setEnlarged(order.current.at((place + by) % order.current.length) ?? null);
  };
  const shrink = (): void => {
    setEnlarged(null);
    // The dialog gives the focus back to the tile; for a pointer that would hold the grid's order for no reason.
    if (byPointer.current && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  const card = enlarged === null ? undefined : wall.cards.get(enlarged);
  return (
    <>
      <a class="skip" href="#incidents">
        Skip to the incidents
      </a>
      <TopBar wall={wall} switches={switches} set={flip} write={() => setDialog("broadcast")} showKeys={() => setDialog("keys")} />
      {wall.examTitle === null || wall.line.state === "connected" ? null : (
        <p class="banner" role="alert">
          The connection is lost. Pictures and incidents below are from before; the wall catches up by itself.
        </p>
      )}
      <main>
        <h1 class="unseen">{wall.examTitle ?? "Proctor wall"}</h1>
        <section class="room" aria-label="Candidates">
          <Admission wall={wall} />
          {wall.cards.size === 0 ? (
            <EmptyRoom known={wall.examTitle !== null} />
          ) : (
            <Grid
              wall={wall}
              boxes={switches.boxes}
              folds={foldsIn(wall, switches)}
              seated={(seated) => {
                order.current = seated;
              }}
              enlarge={(sessionId, pointer) => {
                byPointer.current = pointer;
                setEnlarged(sessionId);
              }}
            />
          )}
        </section>
        <IncidentPanel
          incidents={wall.book.incidents}
          cards={wall.cards}
          clock={wall.clock}
          choose={(sessionId) => {
            byPointer.current = false;
            setEnlarged(sessionId);
          }}
        />
      </main>
      <p class="unseen" role="status" aria-live="polite">
        {spoken}
      </p>
      {card === undefined ? null : (
        <Enlarged
          wall={wall}
          card={card}
          boxes={switches.boxes}
          keysOn={switches.letters && dialog === null}
          step={step}
          close={shrink}
        />
      )}
      {dialog === "broadcast" ? <Broadcast wall={wall} close={() => setDialog(null)} /> : null}
      {dialog === "keys" ? (
        <KeyMap
          letters={switches.letters}
          setLetters={(letters) => setSwitches({ ...switches, letters })}
          close={() => setDialog(null)}
        />
      ) : null}
    </>
  );
}

function EmptyRoom({ known }: { known: boolean }) {
  return (
    <div class="empty-room" data-testid="empty-room">
      {known ? (
        <>
          <h1>No one is in the room yet</h1>
          <p>
            Candidates appear here as they join. In the demo,{" "}
            <a href="/" target="_blank" rel="noopener">
              open the exam room in another tab
            </a>.
          </p>
        </>
      ) : (
        <h1>Opening the wall…</h1>
      )}
    </div>
  );
}

const token = claimToken("proctor-wall");
const page = document.getElementById("page");
if (page !== null) render(token === null ? <NotAdmitted refusal={null} /> : <ProctorWall token={token} />, page);
