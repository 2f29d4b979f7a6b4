import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type ContestShown, type EarlierCaseShown, type OwnFlagShown, PENALTIES, REASONS, type RightsShown, type RightsState, type VerdictShown, sayProbability, sayStretch, sayWhen } from "./review_told";

/** What each person decided, in the order in which they did; nobody's name. */
export function Decisions({ told }: { told: Pick<RightsShown, "state" | "decisions"> }) {
  if (told.decisions.length === 0) return null;
  return (
    <ol class="rounds" aria-label="What was decided">
      {told.decisions.map((one, place) => (
        <li key={place}>
          <strong>{sayDecision(told.state, place, one.penalty === null ? "dismissed" : PENALTIES[one.penalty])}</strong>
          <p class="written">{one.words}</p>
          {one.decided_at_ms === null ? null : <span class="hint">{sayWhen(one.decided_at_ms)}</span>}
        </li>
      ))}
    </ol>
  );
}

function sayDecision(state: RightsState, place: number, outcome: string): string {
  if (place < 2) return `Person ${place + 1}: ${outcome}`;
  return `The answer: ${state === "overturned" ? "overturned" : "the decision stands"}`;
}

export function Verdicts({ verdicts }: { verdicts: readonly VerdictShown[] }) {
  return (
    <>
      {verdicts.map((one, place) => (
        <p key={place} class="told" data-testid="own-verdict">
          {one.is_upheld ? "Upheld" : "Dismissed"}: {REASONS[one.reason].toLowerCase()}. {one.words}
        </p>
      ))}
    </>
  );
}

/** One flag to read: what it claims, how often its kind was right, what people made of it; `children` stand in between. */
export function FlagArticle({ flag, children }: { flag: OwnFlagShown; children?: ComponentChildren }) {
  return (
    <article class="flag" data-testid="flag-told" data-flag={flag.id}>
      <header>
        <h3>{flag.title}</h3>
        <span class="hint">{sayStretch(flag)}</span>
      </header>
      <p>{flag.reason}</p>
      <p class="hint" data-testid="probability-told">
        How often right: {sayProbability(flag)}.
      </p>
      {children}
      <Verdicts verdicts={flag.verdicts} />
    </article>
  );
}

interface EarlierProps {
  /** Of a flag, where it may be seen. */
  readonly evidence?: (flag: OwnFlagShown) => ComponentChildren;
  readonly isOwn?: boolean;
}

/** What was flagged before the exam was opened again, and what came of it. */
export function Earlier({ cases, ...props }: EarlierProps & { cases: readonly EarlierCaseShown[] }) {
  return (
    <>
      {cases.map((one) => (
        <EarlierCase key={one.over_at_ms} told={one} {...props} />
      ))}
    </>
  );
}

/** Closed at first: what is shown of a flag is asked for only when somebody opens it, as each look is written down. */
function EarlierCase({ told, evidence, isOwn = false }: EarlierProps & { told: EarlierCaseShown }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="earlier" onToggle={(event) => setOpen(event.currentTarget.open)} data-testid="earlier">
      <summary>
        Before the exam was opened again, until {sayWhen(told.over_at_ms)}: {EARLIER[told.state]}
      </summary>
      {isOpen ? (
        <>
          {told.penalty === null ? null : <p>{PENALTIES[told.penalty]}.</p>}
          <Decisions told={told} />
          {told.contest === null ? null : <ContestTold contest={told.contest} isOwn={isOwn} />}
          {told.flags.map((flag) => (
            <FlagArticle key={flag.id} flag={flag}>
              {evidence?.(flag)}
            </FlagArticle>
          ))}
        </>
      ) : null}
    </details>
  );
}

/** What the candidate says to a decision. */
export function ContestTold({ contest, isOwn = false }: { contest: ContestShown; isOwn?: boolean }) {
  return (
    <blockquote class="told">
      <p class="hint">
        {isOwn ? "You wrote" : "The candidate"}, {sayWhen(contest.at_ms)}:
      </p>
      <p class="written">{contest.words}</p>
    </blockquote>
  );
}

const EARLIER: Readonly<Partial<Record<RightsState, string>>> = {
  cleared: "everything was dismissed",
  final: "two people upheld some of it",
  overturned: "the decision was overturned",
};

/** Every look and act, in order. */
export function Looks({ looks }: { looks: RightsShown["looks"] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Who looked, and when">
      <table class="looks" data-testid="looks">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {looks.map((look, place) => (
            <tr key={place}>
              <th scope="row">{sayWhen(look.at_ms)}</th>
              <td>{look.name ?? "Somebody who has left"}</td>
              <td>{look.what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
