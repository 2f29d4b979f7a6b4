import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Incident } from "../shared/messages";
import { NotAdmitted } from "../shared/notice";
import { claimToken } from "../shared/token";
import { RULE_WORDS } from "../shared/wording";
import { Bell } from "./bell";
import { Admission } from "./admission";
import { Enlarged } from "./enlarged";
import { Grid } from "./grid";
import { IncidentPanel } from "./incidents";
import "./proctor_wall.css";
import { TopBar, type Switches } from "./top_bar";
import { Wall } from "./wall";

const PAGE_TITLE = document.title;

function ProctorWall({ token }: { token: string }) {
  const [wall, setWall] = useState<Wall | null>(null);
  const [, redraw] = useState(0);
  const [switches, setSwitches] = useState<Switches>({ boxes: true, sound: false });
  const [enlarged, setEnlarged] = useState<string | null>(null);
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
      <TopBar wall={wall} switches={switches} set={flip} />
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
        <Enlarged wall={wall} card={card} boxes={switches.boxes} step={step} close={shrink} />
      )}
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
