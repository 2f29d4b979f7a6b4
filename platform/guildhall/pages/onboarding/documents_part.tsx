import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { DocumentKind, DocumentShown, Onboarding, Step } from "../shared/onboarding";
import { saveBlob } from "../shared/save_file";
import { sayBytes } from "./wording";

const TYPES = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png";
const MINE = "/v1/onboarding/mine";

interface PartProps {
  readonly api: Api;
  readonly step: Step;
  readonly problem: Problem | null;
  readonly changed: (onboarding: Onboarding) => void;
}

/** The documents of one step: put up, looked at, taken back. */
export function DocumentsPart({ api, step, problem, changed }: PartProps) {
  return (
    <>
      {step.document_kinds.map((kind) => (
        <Kind key={kind.key} api={api} step={step} kind={kind} wrong={problem?.fields?.[kind.key]} changed={changed} />
      ))}
    </>
  );
}

function Kind({ api, step, kind, wrong, changed }: { api: Api; step: Step; kind: DocumentKind; wrong: string | undefined; changed: PartProps["changed"] }) {
  const [busy, setBusy] = useState(false);
  const [until, setUntil] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const own = step.documents.filter((one) => one.kind === kind.key);

  const ask = async (method: "POST" | "DELETE", path: string, body?: Blob): Promise<void> => {
    setBusy(true);
    const answer = await api.ask<Onboarding>(method, path, body);
    setBusy(false);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) changed(answer.reply);
  };
  const putUp = (file: File): void => {
    const query = new URLSearchParams({ kind: kind.key, name: file.name, valid_until_ms: String(until === "" ? 0 : endOf(until)) });
    void ask("POST", `${MINE}/steps/${step.key}/documents?${query}`, file);
  };
  const keep = async (file: DocumentShown): Promise<void> => {
    const answer = await api.askBlob(`${MINE}/documents/${file.document_id}`);
    if ("reply" in answer) saveBlob(file.name, answer.reply);
    else setProblem(answer.problem);
  };
  return (
    <fieldset class="documents" data-testid="document-kind">
      <legend>
        {kind.title}
        {kind.is_required ? "" : " (may be left out)"}
      </legend>
      {kind.explains === "" ? null : <p class="hint">{kind.explains}</p>}
      <ul class="files">
        {own.map((file) => (
          <li key={file.document_id} data-testid="document">
            <button type="button" class="as-link" onClick={() => void keep(file)}>
              {file.name}
            </button>{" "}
            <span class="since">
              {sayBytes(file.size_bytes)}
              {file.valid_until_ms === null ? "" : `, valid until ${new Date(file.valid_until_ms).toLocaleDateString()}`}
            </span>{" "}
            {step.can_edit ? (
              <button type="button" class="quiet" onClick={() => void ask("DELETE", `${MINE}/documents/${file.document_id}`)}>
                Take back<span class="unseen"> {file.name}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {!step.can_edit ? null : (
        <div class="put-up">
          {kind.expires ? (
            <p class="field">
              <label for={`${kind.key}-until`}>Valid until</label>
              <input id={`${kind.key}-until`} type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
            </p>
          ) : null}
          <p class="field">
            <label for={`${kind.key}-file`}>{own.length === 0 ? "The file" : "Another file"}</label>
            <input
              id={`${kind.key}-file`}
              name={kind.key}
              type="file"
              accept={TYPES}
              disabled={busy || (kind.expires && until === "")}
              aria-describedby={`${kind.key}-say`}
              onInput={(event) => {
                const file = event.currentTarget.files?.[0];
                event.currentTarget.value = "";
                if (file !== undefined) putUp(file);
              }}
            />
            <span class="hint" id={`${kind.key}-say`}>
              {busy ? "One moment…" : kind.expires && until === "" ? "First say until when it is valid." : ""}
            </span>
          </p>
        </div>
      )}
      {wrong === undefined ? null : <p class="wrong">{`${kind.title} ${wrong}.`}</p>}
      <Failure problem={problem} />
    </fieldset>
  );
}

/** The end of that day where the reader is. */
function endOf(day: string): number {
  return new Date(`${day}T23:59:59`).getTime();
}
