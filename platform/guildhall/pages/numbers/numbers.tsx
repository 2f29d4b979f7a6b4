import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../shared/form";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import { figuresOf, meanRating, sayShare, sayTime } from "./figures";
import "./numbers.css";
import { Daily, Ratings } from "./plots";
import type { Day, NumbersTold } from "./told";

const api = openApi();
const SPANS = [7, 30, 90] as const;
const HEADS = ["Day", "Asked", "Needed no person", "First answer", "Person", "Resolved", "Unanswered", "Promises kept", "Rated"] as const;

function NumbersPage() {
  const [span, setSpan] = useState<number>(30);
  const [site, setSite] = useState("");
  const [told, setTold] = useState<NumbersTold | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let isWanted = true;
    const query = `days=${span}${site === "" ? "" : `&site=${encodeURIComponent(site)}`}`;
    void api.ask<NumbersTold>("GET", `/v1/desk/numbers?${query}`).then((answer) => {
      if (!isWanted) return;
      setProblem("problem" in answer ? answer.problem : null);
      if ("reply" in answer) setTold(answer.reply);
    });
    return () => {
      isWanted = false;
    };
  }, [span, site]);
  return (
    <>
      <Masthead>
        <a href="/desk">The desk</a>
        <a href="/account">Your account</a>
      </Masthead>
      <main>
        <h1>The desk in numbers</h1>
        <form class="choices" onSubmit={(event) => event.preventDefault()}>
          <label>
            Days{" "}
            <select value={span} onChange={(event) => setSpan(Number(event.currentTarget.value))} data-testid="span">
              {SPANS.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          {told === null || told.sites.length < 2 ? null : (
            <label>
              Site{" "}
              <select value={site} onChange={(event) => setSite(event.currentTarget.value)} data-testid="site">
                <option value="">All</option>
                {told.sites.map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            </label>
          )}
        </form>
        {problem !== null && problem.type !== "signed-out" ? <Failure problem={problem} /> : null}
        {told === null ? (
          <p class="hint" role="status">
            {problem === null ? "Counting…" : ""}
          </p>
        ) : (
          <Told told={told} />
        )}
      </main>
    </>
  );
}

function Told({ told }: { readonly told: NumbersTold }) {
  const counted = new Date(told.counted_to_ms).toLocaleString();
  return (
    <>
      <dl class="figures" data-testid="figures">
        {figuresOf(told).map((each) => (
          <div key={each.name}>
            <dt>{each.name}</dt>
            <dd>
              <strong>{each.value}</strong>
              <span class="hint">{each.why}</span>
            </dd>
          </div>
        ))}
      </dl>
      <div class="plots">
        <Daily
          title="Conversations by the day they began"
          days={told.days}
          say={String}
          series={[
            { name: "asked", look: "whole", of: ({ numbers }) => numbers.asked },
            { name: "wanted a person", look: "part", of: ({ numbers }) => numbers.person_wanted },
          ]}
        />
        <Daily
          title="Needed no person"
          days={told.days}
          say={String}
          series={[
            { name: "quiet for a day", look: "whole", of: ({ numbers }) => numbers.rested },
            { name: "needed none", look: "part", of: ({ numbers }) => numbers.deflected },
          ]}
        />
        <Daily
          title="A person’s first words"
          days={told.days}
          say={sayTime}
          series={[
            { name: "nine of ten within", look: "whole", of: ({ numbers }) => numbers.person.p90_ms },
            { name: "half within", look: "part", of: ({ numbers }) => numbers.person.median_ms },
          ]}
        />
        <Daily
          title="Promises"
          days={told.days}
          say={String}
          series={[
            { name: "made", look: "bad", of: ({ numbers }) => numbers.promises_kept + numbers.promises_broken },
            { name: "kept", look: "part", of: ({ numbers }) => numbers.promises_kept },
          ]}
        />
        <Daily
          title="Resolution"
          days={told.days}
          say={sayTime}
          series={[{ name: "half within", look: "part", of: ({ numbers }) => numbers.resolution.median_ms }]}
        />
        <Ratings ratings={told.whole.ratings} />
      </div>
      <details>
        <summary>Day by day</summary>
        <DayTable days={told.days.filter(({ numbers }) => numbers.opened > 0).toReversed()} />
      </details>
      <p class="hint">
        Days are in UTC. {told.counted_to_ms === 0 ? "Nothing was counted yet." : `Counted to ${counted}; what is newer takes up to half a minute.`}
      </p>
    </>
  );
}

function DayTable({ days }: { readonly days: readonly Day[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Day by day">
      <table>
        <thead>
          <tr>
            {HEADS.map((each) => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, numbers }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              <td>{numbers.asked}</td>
              <td>{sayShare(numbers.deflected, numbers.rested)}</td>
              <td>{sayTime(numbers.reply.median_ms)}</td>
              <td>{sayTime(numbers.person.median_ms)}</td>
              <td>{sayShare(numbers.resolved, numbers.asked)}</td>
              <td>{numbers.unanswered}</td>
              <td>{sayShare(numbers.promises_kept, numbers.promises_kept + numbers.promises_broken)}</td>
              <td>{meanRating(numbers.ratings)?.toFixed(1) ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<NumbersPage />, page);
