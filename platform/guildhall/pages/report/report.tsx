import { render } from "preact";
import { useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { ContestTold, Decisions, Earlier, FlagArticle, Looks } from "../shared/review_parts";
import { type OwnFlagShown, type RightsShown, sayStretch, sayWhen } from "../shared/review_told";
import { saveBlob } from "../shared/save_file";
import { Strip } from "../shared/strip";
import "./report.css";

interface ReportShown {
  readonly candidate_name: string;
  readonly attempt_state: string;
  readonly exceptions: readonly string[];
  readonly standing: string;
  readonly made_at_ms: number;
  readonly signal_chunks: number;
  readonly signal_head: string;
  readonly log_entries: number;
  readonly log_head: string;
  readonly rights: RightsShown;
}

const api = openApi();

/** The report of one watched attempt, for those who answer for its exam. */
function ReportPage() {
  const attemptId = useAddress();
  const path = `/v1/proctoring/reports/${attemptId}`;
  const read = useRead<ReportShown>(api, path);
  return (
    <PageFrame
      title="What was flagged"
      nav={
        <>
          <a href="/results">Results</a>
          <a href="/account">Your account</a>
        </>
      }
      read={read}
      waiting="Making the report…"
    >
      {(report) => <Report report={report} path={path} />}
    </PageFrame>
  );
}

function Report({ report, path }: { report: ReportShown; path: string }) {
  const { rights } = report;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const counted = rights.flags.filter((flag) => flag.counts);
  const save = async (what: "pdf" | "evidence-pack", name: string): Promise<void> => {
    setBusy(true);
    const answer = await api.askBlob(`${path}/${what}`);
    setBusy(false);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(name, answer.reply);
  };
  return (
    <>
      <h2 data-testid="report">
        {report.candidate_name}: {rights.exam_title}, attempt {rights.number}
      </h2>
      <p>{report.standing}</p>
      {report.exceptions.length === 0 ? null : <p class="told">Agreed otherwise for this person: {report.exceptions.join("; ")}.</p>}
      <p class="acts">
        <button type="button" disabled={busy} onClick={() => void save("pdf", `report-${rights.attempt_id}.pdf`)} data-testid="report-pdf">
          As PDF
        </button>
        <button type="button" disabled={busy} onClick={() => void save("evidence-pack", `evidence-${rights.attempt_id}.zip`)} data-testid="report-pack">
          As a signed evidence pack
        </button>
        {busy ? <span role="status">One moment…</span> : null}
      </p>
      <Failure problem={problem} />
      <Decisions told={rights} />
      {rights.contest === null ? null : <ContestTold contest={rights.contest} />}
      <h3>What was flagged and reviewed ({counted.length})</h3>
      {counted.map((flag) => (
        <FlagArticle key={flag.id} flag={flag}>
          <Pictures path={path} flag={flag} />
        </FlagArticle>
      ))}
      <h3>What never counts ({rights.flags.length - counted.length})</h3>
      <ul>
        {rights.flags
          .filter((flag) => !flag.counts)
          .map((flag) => (
            <li key={flag.id}>
              {flag.title}, {sayStretch(flag)}
            </li>
          ))}
      </ul>
      <Earlier cases={rights.earlier} evidence={(flag) => <Pictures path={path} flag={flag} />} />
      <h3>Who looked, and when</h3>
      <Looks looks={rights.looks} />
      <p class="hint proof">
        Signal log: {report.signal_chunks} chunks, head {report.signal_head || "none"}. Evidence log: {report.log_entries} entries, head{" "}
        {report.log_head || "none"}. Whoever keeps these heads can find any later edit. Made {sayWhen(report.made_at_ms)}.
      </p>
    </>
  );
}

/** Only for whoever asks for them: that they looked is written down, and the candidate reads it. */
function Pictures({ path, flag }: { path: string; flag: OwnFlagShown }) {
  const [isOpen, setOpen] = useState(false);
  if (flag.rule === null) return null;
  return (
    <details class="pictures" onToggle={(event) => setOpen(event.currentTarget.open)} data-testid="report-pictures">
      <summary>The pictures; the candidate reads that you looked</summary>
      {isOpen ? <Strip api={api} path={path} flag={flag} /> : null}
    </details>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ReportPage />, page);
