import { type ComponentChildren, render } from "preact";
import { type Posted, POSTING_WORDS, sayPay, TONES } from "../shared/hiring_told";
import { Masthead } from "../shared/masthead";
import { HIRING, useOwners } from "../shared/organisations";
import { openApi } from "../shared/page_api";
import { useAddress } from "../shared/page_frame";
import { type Read, useRead, Waiting } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayCount, sayDay } from "../shared/wording";
import { ApplicantsPart } from "./applicants_part";
import "./hiring.css";
import { PostingForm } from "./posting_form";

const api = openApi();
const NEW = "new";
const EDIT = "edit/";

/** What one's organisations have posted, who applied, and the offers that are out. */
function HiringPage() {
  const chosen = useAddress();
  return (
    <>
      <Masthead>
        <a href="/organisations">Your organisations</a>
        <a href="/account">Your account</a>
      </Masthead>
      <main>
        {chosen === "" ? (
          <Front />
        ) : chosen === NEW ? (
          <NewPosting />
        ) : chosen.startsWith(EDIT) ? (
          <EditPosting opportunityId={chosen.slice(EDIT.length)} />
        ) : (
          <ApplicantsPart key={chosen} api={api} opportunityId={chosen} />
        )}
      </main>
    </>
  );
}

function Front() {
  const read = useRead<{ readonly items: readonly Posted[] }>(api, "/v1/hiring/opportunities");
  const owners = useOwners(api, "/v1", HIRING);
  useLooking(api, ["opportunities", "applications"], read.again);
  const may = owners.value !== null && owners.value.length > 0;
  return (
    <>
      <h1>Hiring</h1>
      {owners.value !== null && !may ? (
        <p class="nothing">
          Work is posted by organisations. <a href="/organisations">Found one, or join one</a> as its owner or manager, and post here.
        </p>
      ) : null}
      {may ? (
        <p>
          <a class="button" href={`#${NEW}`} data-testid="post">
            Post an opportunity
          </a>
        </p>
      ) : null}
      <Waiting read={read} words="Looking what you have posted…" />
      {read.value !== null && read.value.items.length === 0 && may ? <p class="nothing">Nothing is posted yet. What you post is a draft first, which nobody else sees.</p> : null}
      {read.value === null || read.value.items.length === 0 ? null : (
        <ul class="lines" data-testid="posted">
          {read.value.items.map((one) => (
            <li key={one.opportunity_id} data-testid="opportunity" data-state={one.state}>
              <div>
                <strong>
                  <a href={`#${one.opportunity_id}`}>{one.title}</a>
                </strong>
                <span class="since">
                  {one.client} · {sayPay(one)} · {sayWaiting(one)} · until {sayDay(one.closes_at_ms)}
                </span>
              </div>
              <span class="badge" data-tone={TONES[one.state] ?? ""}>
                {POSTING_WORDS[one.state] ?? one.state}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function sayWaiting(one: Posted): string {
  const waiting = one.applications.submitted ?? 0;
  const all = Object.values(one.applications).reduce((sum, count) => sum + count, 0);
  if (all === 0) return "nobody has applied yet";
  return `${sayCount(all, "application", "applications")}${waiting === 0 ? "" : `, ${waiting} to answer`}`;
}

function NewPosting() {
  const owners = useOwners(api, "/v1", HIRING);
  return (
    <Framed title="Post an opportunity" read={owners}>
      {owners.value === null ? null : <PostingForm api={api} owners={owners.value} posted={null} />}
    </Framed>
  );
}

function EditPosting({ opportunityId }: { opportunityId: string }) {
  const read = useRead<Posted>(api, `/v1/hiring/opportunities/${encodeURIComponent(opportunityId)}`);
  return (
    <Framed title="Change it" read={read}>
      {read.value === null ? null : <PostingForm api={api} owners={[]} posted={read.value} />}
    </Framed>
  );
}

function Framed<T>({ title, read, children }: { title: string; read: Read<T>; children: ComponentChildren }) {
  return (
    <>
      <p>
        <a href="#">All that is posted</a>
      </p>
      <h1>{title}</h1>
      <Waiting read={read} />
      {children}
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<HiringPage />, page);
