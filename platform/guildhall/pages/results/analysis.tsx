import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { LineText } from "../shared/plain_text";
import { type AnalysisShown, type ItemAnalysisShown, sayShare } from "../shared/results_told";
import { Choices, Distribution, Map, Range } from "./plots";
import { Regrade } from "./regrade";

const two = (value: number | null): string => (value === null ? "–" : value.toFixed(2));
const one = (value: number | null): string => (value === null ? "–" : value.toFixed(1));

/** How the exam worked; what few people cannot tell is said in words beside the figures. */
export function ExamFigures({ analysis, passPercent }: { analysis: AnalysisShown; passPercent: number }) {
  return (
    <section aria-labelledby="figures" class="figures" data-testid="analysis">
      <h3 id="figures">How the exam worked</h3>
      {analysis.words.map((words) => (
        <p key={words} class="coach">
          {words}
        </p>
      ))}
      <div class="figures-top">
        <Distribution counts={analysis.distribution} passPercent={passPercent} />
        <dl>
          <dt>Handed in and marked</dt>
          <dd>{analysis.n}</dd>
          <dt>Passed</dt>
          <dd>
            {sayShare(analysis.pass_rate)} <small>({sayRange(analysis.pass_interval)})</small>
          </dd>
          <dt>Mean</dt>
          <dd>{one(analysis.mean_percent)} %</dd>
          <dt>Standard deviation</dt>
          <dd>{one(analysis.sd_percent)}</dd>
          <dt>{analysis.is_kr20 ? "Reliability (KR-20)" : "Reliability (alpha)"}</dt>
          <dd>{two(analysis.alpha)}</dd>
          <dt>Standard error of a score</dt>
          <dd>{one(analysis.standard_error_percent)}</dd>
        </dl>
      </div>
    </section>
  );
}

interface ItemsProps {
  readonly api: Api;
  readonly analysis: AnalysisShown;
  readonly canCorrect: boolean;
  readonly changed: () => void;
}

/** Each question, the hardest to tell people apart among them. That few had it is said once, above. */
export function ItemFigures({ api, analysis, canCorrect, changed }: ItemsProps) {
  return (
    <section aria-labelledby="questions" class="figures">
      <h3 id="questions">How its questions worked</h3>
      <Map items={analysis.items} />
      <ol class="items">
        {analysis.items.map((item) => (
          <Item key={item.version_id} api={api} item={item} canCorrect={canCorrect} changed={changed} />
        ))}
      </ol>
    </section>
  );
}

function Item({ api, item, canCorrect, changed }: Omit<ItemsProps, "analysis"> & { item: ItemAnalysisShown }) {
  const [correcting, setCorrecting] = useState(false);
  return (
    <li data-testid="item" data-version={item.version_id}>
      <h4>
        <LineText text={item.prompt.split("\n")[0] ?? ""} />
      </h4>
      {item.words.filter((words) => !words.startsWith("Only ")).map((words) => (
        <p key={words} class="coach">
          {words}
        </p>
      ))}
      <div class="item-figures">
        <dl>
          <dt>Had it</dt>
          <dd>
            {item.n}
            {item.omitted === 0 ? "" : <small> ({item.omitted} left it out)</small>}
          </dd>
          <dt>Got it right</dt>
          <dd>
            {sayShare(item.difficulty)} <small>({sayRange(item.interval)})</small>
            <Range share={item.difficulty} interval={item.interval} />
          </dd>
          <dt>Tells people apart</dt>
          <dd>
            {two(item.discrimination)} <small>(best minus worst 27 %: {two(item.upper_lower)})</small>
          </dd>
          {item.median_seconds === null ? null : (
            <>
              <dt>Time on the screen until answered</dt>
              <dd data-testid="item-seconds">
                {sayShort(item.median_seconds)} <small>(median of {item.timed}; mean {sayShort(item.mean_seconds ?? 0)})</small>
              </dd>
            </>
          )}
        </dl>
        {item.choices.length === 0 ? null : <Choices choices={item.choices} />}
      </div>
      {correcting ? (
        <Regrade api={api} versionId={item.version_id} close={() => setCorrecting(false)} changed={changed} />
      ) : !canCorrect ? null : (
        <p>
          <button type="button" onClick={() => setCorrecting(true)} data-testid="correct-key">
            Its key was wrong…<span class="unseen"> {item.prompt}</span>
          </button>
        </p>
      )}
    </li>
  );
}

function sayShort(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function sayRange({ low, high }: { low: number; high: number }): string {
  return `${Math.round(low * 100)} to ${sayShare(high)}`;
}
