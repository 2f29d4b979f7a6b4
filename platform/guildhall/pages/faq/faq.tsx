import { render } from "preact";
import { useState } from "preact/hooks";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { Cases } from "./cases";
import { Entries } from "./entries";
import "./faq.css";
import { Replaying } from "./replaying";
import { Suggestions } from "./suggestions";
import type { Entry, Matcher, Place, Tier } from "./told";
import { Writing } from "./writing";

const api = openApi();
const asked = new URLSearchParams(location.search);
const site = asked.get("site") ?? "demo";
const language = asked.get("language") ?? "en";
const query = `site=${encodeURIComponent(site)}`;

/** What the chat answers by itself on a site: how well each entry is found, what is missing, and what a change would do. */
function FaqPage() {
  const entries = useRead<{ entries: readonly Entry[] }>(api, `/v1/faq/entries?${query}`);
  const matchers = useRead<{ matchers: readonly Matcher[] }>(api, `/v1/faq/matchers?${query}`);
  const tiers = useRead<{ faq: Tier; ai: Tier }>(api, "/v1/desk/answering");
  const [changes, setChanges] = useState(0);
  const chosen = useAddress();
  const changed = (): void => {
    entries.again();
    matchers.again();
    setChanges(changes + 1);
  };
  return (
    <PageFrame title="FAQ" nav={<a href="/desk">The desk</a>} read={entries} waiting="Reading the FAQ…">
      {(told) => {
        const titles = new Map(told.entries.map((each) => [each.id, each.question]));
        const place: Place = { site, language, titleOf: (id) => titles.get(id) ?? "" };
        const matcher = matchers.value?.matchers.find((each) => each.language === language) ?? null;
        if (chosen !== "") return <Writing key={chosen} api={api} place={place} entryId={chosen === "new" ? "" : chosen} onChanged={changed} />;
        return (
          <>
            <Choosing />
            {matcher === null ? (
              <p class="nothing">Nothing is learned yet in this language: publish an entry, and it is a moment later.</p>
            ) : (
              <p data-testid="matcher">
                {matcher.entries} entries with {matcher.phrasings} phrasings are known.{" "}
                {matcher.thresholds_from === 0
                  ? "There are too few to set thresholds from: only what is nearly a phrasing is answered."
                  : `Answered from ${sayThreshold(matcher.answer_at)} on, asked back from ${sayThreshold(matcher.ask_at)} on; set from ${matcher.thresholds_from} questions.`}{" "}
                {matcher.fault === "" ? "" : `The last training failed: ${matcher.fault}`}
              </p>
            )}
            {tiers.value === null ? null : (
              <p class="hint" data-testid="ai-state">
                AI: {tiers.value.ai.state}
                {tiers.value.ai.reason === "" ? "" : ` (${tiers.value.ai.reason})`}
              </p>
            )}
            <Entries entries={told.entries} matcher={matcher} place={place} />
            <Suggestions key={`suggestions-${changes}`} api={api} place={place} entries={told.entries} onChanged={changed} />
            <Cases key={`cases-${changes}`} api={api} place={place} />
            <Replaying key={matcher?.language} api={api} place={place} matcher={matcher} entries={told.entries} />
          </>
        );
      }}
    </PageFrame>
  );
}

function Choosing() {
  return (
    <form class="acts" method="get">
      <label>
        Site <input name="site" defaultValue={site} size={12} required maxLength={60} />
      </label>
      <label>
        Language <input name="language" defaultValue={language} size={4} required pattern="[a-z]{2,3}" />
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

function sayThreshold(threshold: number): string {
  return threshold > 1 ? "never" : threshold.toFixed(2);
}

const page = document.getElementById("page");
if (page !== null) render(<FaqPage />, page);
