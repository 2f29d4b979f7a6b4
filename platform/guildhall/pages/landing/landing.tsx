import { render } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { Masthead } from "../shared/masthead";
import { sayProblem } from "../shared/problems";
import { enterAs } from "./demo";
import "./landing.css";
import { People } from "./people";

function SitCard() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const sit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name")).trim();
    setBusy(true);
    setFailure(null);
    const entered = await enterAs("candidate", "/v1/proctoring/demo-seats", { name });
    setBusy(false);
    if ("problem" in entered) setFailure(sayProblem(entered.problem));
    else location.assign(entered.reply.url);
  };

  return (
    <form class="card" onSubmit={(event) => void sit(event)}>
      <p class="eyebrow">The candidate</p>
      <h2>Sit the demo exam</h2>
      <p>
        Ten questions before a camera, in twenty minutes. You are told what is recorded before your camera is asked for. It
        opens in this tab.
      </p>
      <label for="name">Your name</label>
      <input id="name" name="name" defaultValue="Ada" required maxLength={80} autocomplete="given-name" />
      <button type="submit" class="primary" disabled={busy} data-testid="sit">
        Sit the demo exam
        <Icon name="arrow" />
      </button>
      <Failure words={failure} />
    </form>
  );
}

function WatchCard() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [address, setAddress] = useState<string | null>(null);

  const watch = async (): Promise<void> => {
    // Opened before the request: a browser allows a new tab only in direct answer to a click.
    const tab = window.open("", "_blank");
    if (tab !== null) tab.opener = null;
    setBusy(true);
    setFailure(null);
    const entered = await enterAs("proctor", "/v1/proctoring/demo-walls");
    setBusy(false);
    if ("problem" in entered) {
      tab?.close();
      setFailure(sayProblem(entered.problem));
      return;
    }
    const wall = `${location.origin}/proctor-wall#token=${encodeURIComponent(entered.reply.token)}`;
    if (tab === null) setAddress(wall);
    else tab.location.replace(wall);
  };

  return (
    <section class="card">
      <p class="eyebrow">The proctor</p>
      <h2>Watch the wall</h2>
      <p>Every candidate live, with the faces that are seen and the incidents as they happen. It opens in a new tab.</p>
      <span class="spacer" />
      <button type="button" class="primary" onClick={() => void watch()} disabled={busy} data-testid="watch">
        Watch the wall
        <Icon name="arrow" />
      </button>
      {address === null ? null : (
        <p role="status">
          Your browser held back the new tab. <a href={address}>Open the wall here</a>
        </p>
      )}
      <Failure words={failure} />
    </section>
  );
}

function ChatCard() {
  return (
    <section class="card">
      <p class="eyebrow">The visitor, and whoever answers</p>
      <h2>Ask at the door</h2>
      <p>A chat that any site embeds by one line, and never loses a message. Ask in one tab, and answer in the other.</p>
      <span class="spacer" />
      <a class="primary" href="/chat-demo">
        Try the chat
        <Icon name="arrow" />
      </a>
      <p class="hint">Katherine answers at the desk: her card is below.</p>
    </section>
  );
}

function Failure({ words }: { words: string | null }) {
  return words === null ? null : (
    <p class="failure" role="alert">
      {words}
    </p>
  );
}

const THINGS_TO_TRY = [
  ["Leave your seat", "for a few seconds: one incident opens, and closes when you are back."],
  ["Cover the camera", "with a hand. That is “cannot see”, told apart from behaviour on purpose."],
  ["Invite a second person", "into the picture, and watch the count of faces."],
  ["Pull the network cable", "while you answer, or kill the server. Go on writing: nothing is lost, and time comes back."],
  ["Look away", "to the side for a while, as if someone were whispering answers."],
] as const;

function Landing() {
  return (
    <>
      <Masthead>
        <a href="/exams">Your exams</a>
        <a href="/sign-in">Sign in</a>
        <a href="/sign-up">Sign up</a>
      </Masthead>
      <main>
        <h1>A guild hall that works at a distance</h1>
        <p class="lead">
          People are taken in, sit exams from home while proctors watch over them with care, and find somebody to talk to at
          the door. No answer and no message is lost, whatever breaks; no flag counts until people have looked. Try all of it.
        </p>
        <div class="cards">
          <SitCard />
          <WatchCard />
          <ChatCard />
        </div>
        <section class="try">
          <div>
            <h2>Things to try</h2>
            <p>Open both, in two tabs or two windows side by side. Then, in front of the camera:</p>
          </div>
          <ol>
            {THINGS_TO_TRY.map(([what, how]) => (
              <li key={what}>
                <strong>{what}</strong> {how}
              </li>
            ))}
          </ol>
        </section>
        <People />
      </main>
      <footer>Everything stays on the server you are looking at. Nothing is sent anywhere else.</footer>
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<Landing />, page);
