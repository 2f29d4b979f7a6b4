import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { useUntilKnown } from "../shared/page_frame";
import { Photographs } from "../shared/photographs";
import { Waiting, useRead } from "../shared/reading";
import { ContestTold, Decisions, Earlier, FlagArticle, Looks } from "../shared/review_parts";
import { type OwnFlagShown, type RightsShown, type RightsState, isKnown, sayDay, sayStretch, sayWhen } from "../shared/review_told";
import { saveBlob, saveFile } from "../shared/save_file";
import { Strip } from "../shared/strip";
import { Trace } from "../shared/trace_plot";
import { sayCount } from "../shared/wording";

/** One exam of one's own: where its review stands, what was flagged, who looked, and one's word against it. */
export function OwnCase({ api, attemptId }: { api: Api; attemptId: string }) {
  const path = `/v1/proctoring/rights/${encodeURIComponent(attemptId)}`;
  const read = useRead<RightsShown>(api, path);
  useUntilKnown(read.value === null || isKnown(read.value), () => read.again());
  return (
    <>
      <p>
        <a href="#">All watched exams</a>
      </p>
      <Waiting read={read} words="Looking for what was flagged…" />
      {read.value === null ? null : <Opened api={api} path={path} told={read.value} changed={read.put} />}
    </>
  );
}

function Opened({ api, path, told, changed }: { api: Api; path: string; told: RightsShown; changed: (told: RightsShown) => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const download = async (): Promise<void> => {
    const answer = await api.askBlob(`${path}/pdf`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(`flagged-${told.attempt_id}.pdf`, answer.reply);
  };
  return (
    <section class="own-case" aria-labelledby="own-title" data-testid="own-case" data-state={told.state}>
      <h2 id="own-title" tabIndex={-1} ref={heading}>
        {told.exam_title}, attempt {told.number}
      </h2>
      <div class="standing" role="status" data-state={told.state} data-testid="own-standing">
        <strong>{STANDING[told.state]}</strong>
        <span>{sayMeaning(told)}</span>
      </div>
      <Decisions told={told} />
      {told.contest === null ? null : <ContestTold contest={told.contest} isOwn />}
      {told.may_contest ? <Contest api={api} path={path} untilMs={told.contest_until_ms} changed={changed} /> : null}
      {told.state === "not_known_yet" ? null : <Flags api={api} path={path} flags={told.flags} />}
      <Earlier cases={told.earlier} evidence={(flag) => <Evidence api={api} path={path} flag={flag} />} isOwn />
      <Kept api={api} path={path} told={told} />
      <h3>Who looked, and when</h3>
      <Looks looks={told.looks} />
      <p>
        <button type="button" onClick={() => void download()} data-testid="rights-pdf">
          Keep all of this as PDF
        </button>
      </p>
      <Failure problem={problem} />
    </section>
  );
}

function Flags({ api, path, flags }: { api: Api; path: string; flags: readonly OwnFlagShown[] }) {
  const counted = flags.filter((flag) => flag.counts);
  const never = flags.filter((flag) => !flag.counts);
  return (
    <>
      <h3>What was flagged{counted.length === 0 ? "" : ` (${counted.length})`}</h3>
      {counted.length === 0 ? <p class="hint">Nothing that anybody would have to review.</p> : counted.map((flag) => <FlagArticle key={flag.id} flag={flag}><Evidence api={api} path={path} flag={flag} /></FlagArticle>)}
      {never.length === 0 ? null : (
        <details>
          <summary>{sayCount(never.length, "other moment that never counts", "other moments that never count")} against you</summary>
          <p class="hint">Pictures in which too little could be seen, and what only your browser said of itself.</p>
          <ul>
            {never.map((flag) => (
              <li key={flag.id}>
                {flag.title}, {sayStretch(flag)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** What is kept of one's looks, until when, and the proof that it is gone. */
function Kept({ api, path, told }: { api: Api; path: string; told: RightsShown }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (): Promise<void> => {
    const answer = await api.ask<object>("GET", `/v1/proctoring/own-sessions/${encodeURIComponent(told.session_id)}/deletion`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveFile(`destroyed-${told.attempt_id}.json`, "application/json", JSON.stringify(answer.reply, null, 1));
  };
  return (
    <>
      <h3>What is kept of you</h3>
      <p data-testid="kept">{sayKept(told)}</p>
      {told.photos === 0 ? null : <Photographs api={api} path={path} isOwn />}
      {told.destroyed_at_ms === null ? null : (
        <p>
          <button type="button" onClick={() => void save()} data-testid="deletion">
            Keep the certificate
          </button>{" "}
          <span class="hint">It is signed: anybody can check it, also without us.</span>
        </p>
      )}
      <Failure problem={problem} />
    </>
  );
}

function sayKept(told: RightsShown): string {
  if (told.destroyed_at_ms !== null)
    return `What was measured of you, and every picture, was destroyed on ${sayDay(told.destroyed_at_ms)}. What stays says nothing of your looks: what was flagged, what people decided, and who looked when.`;
  if (told.kept_until_ms === 0) return "How long what was measured of you is kept is counted from the end of the exam.";
  const photos = told.photos === 0 ? "" : ` ${sayCount(told.photos, "photograph is", "photographs are")} kept for a shorter time.`;
  return `What was measured of you, and pictures where any were kept, is destroyed on ${sayDay(told.kept_until_ms)}, unless a review still goes on; then you find a certificate of it here.${photos}`;
}

/** What is kept around a flag: its pictures, and what was measured. */
function Evidence({ api, path, flag }: { api: Api; path: string; flag: OwnFlagShown }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Strip api={api} path={path} flag={flag} />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>What was measured</summary>
        {isOpen ? <Trace api={api} path={path} flag={flag} /> : null}
      </details>
    </>
  );
}

function Contest({ api, path, untilMs, changed }: { api: Api; path: string; untilMs: number; changed: (told: RightsShown) => void }) {
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (): Promise<void> => {
    setBusy(true);
    const answer = await api.ask<RightsShown>("POST", `${path}/contest`, { words: words.trim() });
    setBusy(false);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) changed(answer.reply);
  };
  return (
    <form
      class="contest"
      aria-labelledby="contest-title"
      data-testid="contest"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && words.trim() !== "") void send();
      }}
    >
      <h3 id="contest-title">Contest it, until {sayWhen(untilMs)}</h3>
      <p class="hint">Somebody answers who took no part in the decision. Nothing takes effect before that. You can do this once.</p>
      <label>
        What you have to say
        <textarea rows={5} maxLength={2000} required value={words} onInput={(event) => setWords(event.currentTarget.value)} data-testid="contest-words" />
      </label>
      <Failure problem={problem} />
      <p class="acts">
        <button type="submit" class="primary" disabled={busy || words.trim() === ""} data-testid="contest-send">
          {busy ? "Sending…" : "Contest the decision"}
        </button>
      </p>
    </form>
  );
}

const STANDING: Readonly<Record<RightsState, string>> = {
  not_known_yet: "Not known yet",
  no_flags: "Nothing to review",
  being_reviewed: "People look at what was flagged",
  cleared: "Nothing is held against you",
  decided: "Two people uphold some of it",
  contested: "You contested the decision",
  final: "The decision is final",
  overturned: "The decision was overturned",
};

function sayMeaning(told: RightsShown): string {
  switch (told.state) {
    case "not_known_yet":
      return told.over_at_ms === null
        ? "The exam is not over."
        : "Whether anything was flagged is looked at once your exam page is closed, or a few minutes after the exam. Your result waits for that.";
    case "no_flags":
      return "Your result does not wait for anything here.";
    case "being_reviewed":
      return "A flag proves nothing. Your result waits until one person dismissed it, or two agreed. You are told by mail.";
    case "cleared":
      return "Everything that was flagged was dismissed.";
    case "decided":
      return `It means ${told.means}. Nothing of it takes effect while you may contest it.`;
    case "contested":
      return "Somebody who took no part in it will answer. Until then nothing takes effect.";
    case "final":
      return `It means ${told.means}.`;
    case "overturned":
      return "No penalty is left, and your result goes its usual way.";
  }
}
