import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { Waiting, useRead } from "../shared/reading";
import { Earlier } from "../shared/review_parts";
import { type CaseShown, PENALTIES, REASONS, type RoundShown, sayWhen } from "../shared/review_told";
import { Photographs } from "../shared/photographs";
import { useShortcuts } from "../shared/shortcuts";
import { sayClock, sayCount } from "../shared/wording";
import { Answer, Decide } from "./decide";
import { Flag, type Verdict } from "./flag";

export type Act = (path: string, body?: object) => Promise<void>;

/** One case: taken, judged flag by flag, decided. What the server answers to each act is what is shown. */
export function Case({ api, reviewId }: { api: Api; reviewId: string }) {
  const path = `/v1/proctoring/reviews/${encodeURIComponent(reviewId)}`;
  const read = useRead<CaseShown>(api, path);
  const [problem, setProblem] = useState<Problem | null>(null);
  const act: Act = async (verb, body) => {
    const answer = await api.ask<CaseShown>("POST", `${path}/${verb}`, body);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) read.put(answer.reply);
  };
  return (
    <>
      <p class="case-line">
        <a href="#">All cases</a>
      </p>
      <Waiting read={read} words="Opening the case…" />
      {read.value === null ? null : <Opened api={api} path={path} told={read.value} problem={problem} act={act} />}
    </>
  );
}

function Opened({ api, path, told, problem, act }: { api: Api; path: string; told: CaseShown; problem: Problem | null; act: Act }) {
  const may = (event: string): boolean => told.actions.some((one) => one.event === event && one.allowed);
  const isMine = told.until_ms > told.server_time_ms;
  const heading = useRef<HTMLHeadingElement>(null);
  const [at, setAt] = useState(0);
  useLayoutEffect(() => heading.current?.focus(), []);
  const go = (by: number): void => {
    const place = Math.min(told.flags.length - 1, Math.max(0, at + by));
    setAt(place);
    document.getElementById(`flag-${place}`)?.focus();
  };
  const press = (testid: string): void => document.querySelector<HTMLElement>(`.flag[data-place="${at}"] [data-testid=${testid}]`)?.click();
  const [isOn, setOn] = useShortcuts({
    j: () => go(1),
    k: () => go(-1),
    u: () => press("uphold"),
    d: () => press("dismiss"),
    c: () => void (may("claim") && act("claim")),
  });
  const judge = (flagId: string, verdict: Verdict): Promise<void> => act("verdicts", { flag_id: flagId, ...verdict });
  return (
    <section class="case" aria-labelledby="case-title" data-testid="case" data-mine={isMine}>
      <h2 id="case-title" tabIndex={-1} ref={heading}>
        {told.pseudonym}
      </h2>
      <p class="hint" data-testid="standing">
        {sayStanding(told, isMine)}
      </p>
      {told.exceptions.length === 0 ? null : (
        <p class="told">For this person it is otherwise agreed: {told.exceptions.join("; ")}. Nobody needs to know why.</p>
      )}
      <Failure problem={problem} />
      <p class="acts">
        {may("claim") && !isMine ? (
          <button type="button" class="primary" onClick={() => void act("claim")} data-testid="claim">
            Take this case
          </button>
        ) : null}
        {isMine ? (
          <>
            <button type="button" onClick={() => void act("claim")}>
              Keep it for longer
            </button>
            <button type="button" onClick={() => void act("leave")} data-testid="leave">
              Give it back
            </button>
          </>
        ) : null}
      </p>
      {told.contest === null ? null : (
        <blockquote class="told" data-testid="contest">
          <p class="hint">What the candidate says to it, {sayWhen(told.contest.at_ms)}:</p>
          <p class="written">{told.contest.words}</p>
        </blockquote>
      )}
      {told.earlier_until_ms === 0 ? null : (
        <p class="told" data-testid="earlier-told">
          This exam was opened again. What was flagged until {sayWhen(told.earlier_until_ms)} was a case of its own, and is over
          {told.earlier.length === 0 ? "; what came of it is shown here when this one is decided, so that it colours nothing" : ""}.
        </p>
      )}
      <Earlier cases={told.earlier} />
      <Photographs api={api} path={path} />
      <Rounds rounds={told.others} title="What was decided before" flags={told} />
      {told.flags.map((flag, place) => (
        <Flag
          key={flag.id}
          api={api}
          path={path}
          flag={flag}
          place={place}
          verdict={told.mine?.verdicts.find((one) => one.flag_id === flag.id) ?? null}
          reasons={told.reasons}
          judge={isMine && !told.is_appeal ? (verdict) => judge(flag.id, verdict) : null}
          focused={() => setAt(place)}
        />
      ))}
      {told.flags_left_out === 0 ? null : <p class="hint">{sayCount(told.flags_left_out, "later flag is", "later flags are")} not part of this review.</p>}
      {isMine && told.is_appeal ? <Answer act={act} /> : null}
      {isMine && !told.is_appeal ? <Decide told={told} act={act} /> : null}
      <p class="hint keys">
        <label>
          <input type="checkbox" checked={isOn} onChange={(event) => setOn(event.currentTarget.checked)} /> Single keys:
        </label>{" "}
        <kbd>c</kbd> take, <kbd>j</kbd> <kbd>k</kbd> next and previous flag, <kbd>u</kbd> uphold, <kbd>d</kbd> dismiss.
      </p>
    </section>
  );
}

function Rounds({ rounds, title, flags }: { rounds: readonly RoundShown[]; title: string; flags: CaseShown }) {
  if (rounds.length === 0) return null;
  const titleOf = (flagId: string): string => flags.flags.find((one) => one.id === flagId)?.title ?? flagId;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ol class="rounds">
        {rounds.map((round, place) => (
          <li key={place}>
            <strong>{round.penalty === null ? "Dismissed" : PENALTIES[round.penalty]}</strong>
            <p class="written">{round.words}</p>
            {round.verdicts.map((one) => (
              <p key={one.flag_id} class="hint">
                {titleOf(one.flag_id)}: {one.is_upheld ? "upheld" : "dismissed"}, {REASONS[one.reason].toLowerCase()}. {one.words}
              </p>
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

function sayStanding(told: CaseShown, isMine: boolean): string {
  if (told.is_decided && !isMine) return "This case is decided.";
  if (isMine) return `It is yours until ${sayClock(told.until_ms)}. What you judged is kept if you need longer.`;
  const claim = told.actions.find((one) => one.event === "claim");
  if (claim === undefined) return "There is nothing for you to do here.";
  return claim.allowed ? "Take it to judge it; nobody else can meanwhile." : `You cannot take it: ${claim.reason ?? ""}.`;
}
