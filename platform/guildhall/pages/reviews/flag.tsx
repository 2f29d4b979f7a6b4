import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { type CaseShown, type FlagTold, REASONS, type VerdictReason, type VerdictShown, sayProbability, sayStretch } from "../shared/review_told";
import { Strip } from "../shared/strip";
import { Trace } from "../shared/trace_plot";

export interface Verdict {
  readonly is_upheld: boolean;
  readonly reason: VerdictReason;
  readonly words: string;
}

interface FlagProps {
  readonly api: Api;
  readonly path: string;
  readonly flag: FlagTold;
  readonly place: number;
  readonly verdict: VerdictShown | null;
  readonly reasons: CaseShown["reasons"];
  readonly judge: ((verdict: Verdict) => Promise<void>) | null;
  readonly focused: () => void;
}

/** One flag: what it claims, by which rule, with what doubt, what was measured, what was seen; and what one makes of it. */
export function Flag({ api, path, flag, place, verdict, reasons, judge, focused }: FlagProps) {
  const [asking, setAsking] = useState<"uphold" | "dismiss" | null>(null);
  const standing = verdict === null ? "open" : verdict.is_upheld ? "upheld" : "dismissed";
  return (
    <article class="flag" data-testid="flag" data-flag={flag.id} data-place={place} data-verdict={standing} onFocusCapture={focused}>
      <header>
        <h3 id={`flag-${place}`} tabIndex={-1}>
          {flag.title}
        </h3>
        <span class="badge" data-tone={standing === "upheld" ? "alarm" : standing === "dismissed" ? "good" : ""}>
          {standing === "open" ? "Not judged yet" : standing === "upheld" ? "You uphold it" : "You dismiss it"}
        </span>
      </header>
      <dl class="facts">
        <dt>Claim</dt>
        <dd>{flag.reason}</dd>
        <dt>When</dt>
        <dd>{sayStretch(flag)}</dd>
        <dt>Kind</dt>
        <dd>{flag.channel === "behaviour" ? "Behaviour" : "A reason to look; no behaviour by itself"}</dd>
        <dt>Rules</dt>
        <dd>{flag.rule === null ? "Seen by a person" : flag.rule_version === "" ? "Before rules had versions" : `Version ${flag.rule_version.slice(0, 12)}`}</dd>
        <dt>How often right</dt>
        <dd data-testid="probability">{sayProbability(flag)}</dd>
      </dl>
      <Strip api={api} path={path} flag={flag} />
      <Trace api={api} path={path} flag={flag} />
      {verdict === null ? null : (
        <p class="told">
          {verdict.is_upheld ? "Upheld" : "Dismissed"}: {REASONS[verdict.reason].toLowerCase()}. {verdict.words}
        </p>
      )}
      {judge === null ? null : asking === null ? (
        <p class="acts">
          <button type="button" onClick={() => setAsking("dismiss")} data-testid="dismiss">
            Dismiss…
          </button>
          <button type="button" onClick={() => setAsking("uphold")} data-testid="uphold">
            Uphold…
          </button>
        </p>
      ) : (
        <VerdictForm
          key={asking}
          title={flag.title}
          isUpheld={asking === "uphold"}
          reasons={reasons}
          place={place}
          done={async (given) => {
            setAsking(null);
            if (given !== null) await judge(given);
            document.getElementById(`flag-${place}`)?.focus();
          }}
        />
      )}
    </article>
  );
}

interface FormProps {
  readonly title: string;
  readonly isUpheld: boolean;
  readonly reasons: CaseShown["reasons"];
  readonly place: number;
  readonly done: (given: Verdict | null) => Promise<void>;
}

function VerdictForm({ title, isUpheld, reasons, place, done }: FormProps) {
  const offered = reasons.filter((one) => one.is_upholding === isUpheld);
  const [reason, setReason] = useState<VerdictReason | null>(null);
  const [words, setWords] = useState("");
  const isWhole = reason !== null && words.trim() !== "";
  const verb = isUpheld ? "Uphold" : "Dismiss";
  return (
    <form
      class="verdict-form"
      data-testid="verdict-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason !== null && isWhole) void done({ is_upheld: isUpheld, reason, words: words.trim() });
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") void done(null);
      }}
    >
      <fieldset>
        <legend>
          {verb} “{title}”. Why?
        </legend>
        {offered.map((one, index) => (
          <label key={one.reason}>
            <input
              type="radio"
              name={`reason-${place}`}
              value={one.reason}
              checked={reason === one.reason}
              onChange={() => setReason(one.reason)}
              ref={(field) => {
                if (index === 0 && field !== null && reason === null && words === "") field.focus();
              }}
            />{" "}
            {REASONS[one.reason]}
          </label>
        ))}
      </fieldset>
      <label>
        In words, for the candidate
        <textarea rows={2} maxLength={2000} required value={words} onInput={(event) => setWords(event.currentTarget.value)} data-testid="verdict-words" />
      </label>
      <p class="acts">
        <button type="button" onClick={() => void done(null)}>
          Not now
        </button>
        <button type="submit" class="primary" disabled={!isWhole} data-testid="verdict-give">
          {verb}
        </button>
      </p>
    </form>
  );
}
