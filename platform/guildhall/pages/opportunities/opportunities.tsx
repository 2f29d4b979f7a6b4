import { render } from "preact";
import { useState } from "preact/hooks";
import { APPLICATION_WORDS, type Application, KIND_WORDS, type Kind, type Listed, sayPay, TONES } from "../shared/hiring_told";
import { Masthead } from "../shared/masthead";
import { openApi } from "../shared/page_api";
import { useAddress } from "../shared/page_frame";
import { useList, Waiting } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayCount, sayDay } from "../shared/wording";
import { OnePart } from "./one_part";
import "./opportunities.css";

const api = openApi();

/** Work that is open, one's applications for it, and the offers that came of them. */
function OpportunitiesPage() {
  const chosen = useAddress();
  return (
    <>
      <Masthead>
        <a href="/onboarding">Your onboarding</a>
        <a href="/account">Your account</a>
      </Masthead>
      <main>{chosen === "" ? <Front /> : <OnePart key={chosen} api={api} opportunityId={chosen} />}</main>
    </>
  );
}

interface Filters {
  readonly text: string;
  readonly skill: string;
  readonly kind: Kind | "";
}

function Front() {
  const [filters, setFilters] = useState<Filters>({ text: "", skill: "", kind: "" });
  const asked = Object.entries(filters).filter(([, value]) => value !== "");
  const list = useList<Listed>(api, `/v1/opportunities?${new URLSearchParams(asked)}`);
  return (
    <>
      <h1>Opportunities</h1>
      <Own />
      <section aria-labelledby="found">
        <h2 id="found">Find work</h2>
        <form
          class="search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            const given = new FormData(event.currentTarget);
            const text = (name: string): string => String(given.get(name) ?? "").trim();
            setFilters({ text: text("text"), skill: text("skill"), kind: text("kind") as Kind | "" });
          }}
        >
          <p class="field">
            <label for="text">Words of its title</label>
            <input id="text" name="text" type="search" maxLength={200} autocomplete="off" />
          </p>
          <p class="field">
            <label for="skill">Skill</label>
            <input id="skill" name="skill" maxLength={32} autocomplete="off" />
          </p>
          <p class="field">
            <label for="kind">Paid</label>
            <select id="kind" name="kind">
              <option value="">Either way</option>
              <option value="fixed">{KIND_WORDS.fixed}</option>
              <option value="hourly">{KIND_WORDS.hourly}</option>
            </select>
          </p>
          <button type="submit" class="primary" data-testid="search">
            Search
          </button>
        </form>
        <Waiting read={list} words="Looking…" />
        {list.value !== null && list.value.length === 0 && !list.hasMore ? (
          <p class="nothing" role="status" data-testid="nothing">
            {asked.length > 0 ? "Nothing open fits all of that. Leave something out, or look again later." : "Nothing is open at the moment. What clients post shows up here."}
          </p>
        ) : null}
        {list.value === null || list.value.length === 0 ? null : (
          <ul class="lines" data-testid="found">
            {list.value.map((one) => (
              <li key={one.opportunity_id} data-testid="opportunity">
                <div>
                  <strong>
                    <a href={`#${one.opportunity_id}`}>{one.title}</a> {one.is_invited ? <span class="badge">You are invited</span> : null}
                  </strong>
                  <span class="since">
                    {one.client} · {sayCount(one.positions_free, "position", "positions")} free · until {sayDay(one.closes_at_ms)}
                  </span>
                  <ul class="tags" aria-label="Skills">
                    {one.skills.map((skill) => (
                      <li key={skill}>{skill}</li>
                    ))}
                  </ul>
                </div>
                <span class="pay">{sayPay(one)}</span>
              </li>
            ))}
          </ul>
        )}
        {list.hasMore ? (
          <p>
            <button type="button" onClick={() => list.more()}>
              Show more
            </button>
          </p>
        ) : null}
      </section>
    </>
  );
}

function Own() {
  const list = useList<Application>(api, "/v1/applications?limit=50");
  useLooking(api, ["applications"], list.again);
  if (list.value === null || list.value.length === 0) return null;
  return (
    <section aria-labelledby="own">
      <h2 id="own">Your applications</h2>
      <ul class="lines" data-testid="own">
        {list.value.map((one) => (
          <li key={one.application_id} data-testid="application" data-state={one.state}>
            <div>
              <strong>
                <a href={`#${one.opportunity_id}`}>{one.title}</a>
              </strong>
              <span class="since">
                {one.client} · {one.next.actor === "agent" ? "Your turn: " : ""}
                {one.next.says}
                {one.next.by_ms === null ? "" : ` Until ${sayDay(one.next.by_ms)}.`}
              </span>
            </div>
            <span class="badge" data-tone={TONES[one.state] ?? ""}>
              {APPLICATION_WORDS[one.state] ?? one.state}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<OpportunitiesPage />, page);
