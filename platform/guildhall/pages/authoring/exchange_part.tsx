import { useState } from "preact/hooks";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { Bank, ImportReport } from "./authored";
import { saveBlob, type Desk } from "./desk";

const TYPES: Readonly<Record<string, string>> = { json: "application/json", zip: "application/zip", xml: "application/xml" };

/** Files in and out. An import is looked at first; what would be lost is read before anything is kept. */
export function ExchangePart({ desk, bank, imported }: { desk: Desk; bank: Bank; imported: () => void }) {
  const path = `/banks/${encodeURIComponent(bank.bank_id)}`;
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const take = async (chosen: File, mode: "check" | "whole" | "good"): Promise<void> => {
    setBusy(true);
    const type = TYPES[chosen.name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/json";
    const answer = await desk.put<ImportReport>(`${path}/imports?mode=${mode}`, chosen, type);
    setBusy(false);
    setProblem("problem" in answer ? answer.problem : null);
    setReport("reply" in answer ? answer.reply : null);
    if ("reply" in answer && answer.reply.is_kept) {
      setFile(null);
      imported();
    }
  };
  const give = async (kind: "json" | "zip"): Promise<void> => {
    const answer = await desk.take(`${path}/export.${kind}`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(`${bank.name}.${kind}`, answer.reply);
  };

  return (
    <details class="panel" data-testid="exchange">
      <summary>Import and export</summary>
      <div class="form">
        <p class="acts">
          <button type="button" onClick={() => void give("json")}>
            Export as JSON
          </button>
          <button type="button" onClick={() => void give("zip")}>
            Export as QTI 3.0
          </button>
        </p>
        <div class="field">
          <label for="import-file">Import a JSON file, a QTI 3.0 package (.zip) or one QTI item (.xml)</label>
          <input
            id="import-file"
            type="file"
            accept=".json,.zip,.xml"
            onInput={(event) => {
              const chosen = event.currentTarget.files?.[0] ?? null;
              setFile(chosen);
              setReport(null);
              if (chosen !== null) void take(chosen, "check");
            }}
          />
        </div>
        <Failure problem={problem} />
        {busy ? <p role="status">Reading the file…</p> : null}
        {report === null ? null : <Report report={report} />}
        {file !== null && report !== null && !report.is_kept && report.items.length > 0 ? (
          <p class="acts">
            <button type="button" class="primary" onClick={() => void take(file, report.problems.length === 0 ? "whole" : "good")}>
              {report.problems.length === 0 ? `Import ${report.items.length} questions` : `Import the ${report.items.length} that are whole`}
            </button>
          </p>
        ) : null}
      </div>
    </details>
  );
}

function Report({ report }: { report: ImportReport }) {
  const withLoss = report.items.filter((item) => item.left_out.length > 0);
  return (
    <div class="report" role="status" data-testid="import-report">
      <p>
        {report.is_kept ? `${report.items.length} questions are drafts in this bank now` : `${report.items.length} questions can be taken`}
        {report.already > 0 ? `; ${report.already} had come from the same file before` : ""}.{" "}
        {report.problems.length === 0 ? "" : `${report.problems.length} things are wrong with others.`}
      </p>
      {report.problems.length === 0 ? null : (
        <ul>
          {report.problems.map((one, place) => (
            <li key={place}>
              <strong>
                {one.where}
                {one.line === null ? "" : `, line ${one.line}`}
              </strong>
              {one.path === "" ? "" : ` (${one.path})`}: {one.sentence}
            </li>
          ))}
        </ul>
      )}
      {withLoss.length === 0 ? null : (
        <>
          <p>Not everything of these is taken over:</p>
          <ul>
            {withLoss.map((item) => (
              <li key={item.where}>
                <strong>{item.name}</strong>: {item.left_out.join("; ")}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
