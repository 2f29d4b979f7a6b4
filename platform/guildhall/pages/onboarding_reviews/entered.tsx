import { useEffect, useRef, useState } from "preact/hooks";
import { sayBytes } from "../onboarding/wording";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { DocumentShown, Step } from "../shared/onboarding";
import { saveBlob } from "../shared/save_file";

const WIDEST_PX = 900;

/** What somebody handed in for one step, as it is read. */
export function Entered({ api, path, step }: { api: Api; path: string; step: Step }) {
  const lines = linesOf(step);
  return (
    <>
      {lines.length === 0 ? null : (
        <dl class="entered">
          {lines.map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      )}
      {step.documents.map((file) => (
        <Document key={file.document_id} api={api} path={path} file={file} title={step.document_kinds.find((kind) => kind.key === file.kind)?.title ?? file.kind} />
      ))}
    </>
  );
}

function linesOf(step: Step): readonly (readonly [string, string])[] {
  return Object.entries(step.content)
    .map(([name, value]) => [name.replaceAll("_", " "), say(value)] as const)
    .filter(([, value]) => value !== "");
}

function say(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(say).join(value.some((one) => typeof one === "object") ? "\n" : ", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([name, one]) => `${name}: ${say(one)}`)
      .join(", ");
  }
  return String(value);
}

/** A picture is drawn here, and never becomes an address that could be copied; a PDF is saved. Each look is recorded. */
function Document({ api, path, file, title }: { api: Api; path: string; file: DocumentShown; title: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (picture === null || canvas.current === null) return;
    canvas.current.getContext("2d")?.drawImage(picture, 0, 0, canvas.current.width, canvas.current.height);
  }, [picture]);
  const look = async (): Promise<void> => {
    const answer = await api.askBlob(`${path}/documents/${file.document_id}`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("problem" in answer) return;
    const drawn = file.content_type.startsWith("image/") ? await createImageBitmap(answer.reply).catch(() => null) : null;
    if (drawn === null) saveBlob(file.name, answer.reply);
    else setPicture(drawn);
  };
  const scale = picture === null ? 1 : Math.min(1, WIDEST_PX / picture.width);
  return (
    <div data-testid="document">
      <p>
        {title}:{" "}
        <button type="button" class="as-link" onClick={() => void look()}>
          {file.name}
        </button>{" "}
        <span class="since">
          {sayBytes(file.size_bytes)}
          {file.valid_until_ms === null ? "" : `, valid until ${new Date(file.valid_until_ms).toLocaleDateString()}`}
        </span>
      </p>
      {picture === null ? null : <canvas ref={canvas} class="looked" width={picture.width * scale} height={picture.height * scale} role="img" aria-label={`${title} of this agent`} />}
      <Failure problem={problem} />
    </div>
  );
}
