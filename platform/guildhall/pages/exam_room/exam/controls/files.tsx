import { useEffect, useRef, useState } from "preact/hooks";
import type { FileQuestion, UploadedFile } from "../../../shared/exam";
import type { ControlProps } from "./control";

interface Upload {
  readonly name: string;
  readonly share: number;
  readonly failure: string | null;
  readonly file: File;
  readonly stop: AbortController;
}

const SAID: Readonly<Record<string, string>> = {
  "application/pdf": "PDF",
  "image/png": "PNG",
  "image/jpeg": "JPEG",
  "text/plain": "plain text",
};

/** Files go up one at a time as soon as they are chosen; the answer names those that have arrived. */
export function Files(props: ControlProps<FileQuestion>) {
  const { question, slotId } = props;
  const files = props.response?.kind === "filed" ? props.response.files : [];
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [told, setTold] = useState<string | null>(null);
  // As of now, for uploads that end long after they were begun.
  const current = useRef(files);
  current.current = files;
  const running = useRef(uploads);
  running.current = uploads;
  useEffect(() => () => running.current.forEach((each) => each.stop.abort()), []);

  const change = (upload: Upload, more: Partial<Upload> | null): void =>
    setUploads((all) => all.flatMap((each) => (each.stop !== upload.stop ? [each] : more === null ? [] : [{ ...each, ...more }])));
  const write = (next: readonly UploadedFile[]): void => props.write(next.length === 0 ? null : { kind: "filed", files: next });

  const put = async (upload: Upload): Promise<void> => {
    const answer = await props.http.putFile(slotId, upload.file, (share) => change(upload, { share }), upload.stop.signal);
    if ("problem" in answer) return change(upload, answer.problem.type === "given-up" ? null : { failure: answer.problem.detail });
    change(upload, null);
    write([...current.current.filter((each) => each.file_id !== answer.reply.file_id), answer.reply]);
    props.say(`${upload.name} has arrived.`);
  };
  const start = (chosen: readonly File[]): void => {
    const room = question.files_most - files.length - uploads.length;
    const refusals: string[] = [];
    const begun = chosen.flatMap((file, place): Upload[] => {
      const refusal = place >= room ? `at most ${question.files_most} can be handed in here.` : refuse(question, file);
      if (refusal === null) return [{ name: file.name, share: 0, failure: null, file, stop: new AbortController() }];
      refusals.push(`${file.name}: ${refusal}`);
      return [];
    });
    setTold(refusals.length === 0 ? null : refusals.join(" "));
    setUploads((all) => [...all, ...begun]);
    for (const upload of begun) void put(upload);
  };
  const isFull = files.length + uploads.length >= question.files_most;
  return (
    <div class="files">
      <label for={`answer-${slotId}`}>
        {question.files_most === 1 ? "Your file" : `Your files, at most ${question.files_most}`}
      </label>
      <p class="hint" id={`files-hint-${slotId}`}>
        {question.content_types.map((type) => SAID[type] ?? type).join(", ")}; up to {saySize(question.bytes_most)} each.
        {isFull ? " Remove one before you add another." : ""}
      </p>
      <input
        id={`answer-${slotId}`}
        type="file"
        multiple={question.files_most > 1}
        accept={question.content_types.join(",")}
        disabled={props.disabled || isFull}
        aria-describedby={`${props.describedBy} files-hint-${slotId}`}
        onChange={(event) => {
          start([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <p class="wrong" role="status">
        {told}
      </p>
      <ul class="files-list">
        {files.map((file) => (
          <li key={file.file_id}>
            <span>
              <strong>{file.name}</strong>, {saySize(file.size_bytes)}, has arrived
            </span>
            <button type="button" disabled={props.disabled} onClick={() => write(files.filter((each) => each !== file))} aria-label={`Remove ${file.name}`}>
              Remove
            </button>
          </li>
        ))}
        {uploads.map((upload) => (
          <li key={upload.name}>
            <span>
              <strong>{upload.name}</strong>{" "}
              {upload.failure === null ? (
                <progress value={upload.share} max={1} aria-label={`${upload.name} is going up`} />
              ) : (
                <span class="wrong">did not arrive. {upload.failure}</span>
              )}
            </span>
            {upload.failure === null ? (
              <button type="button" onClick={() => upload.stop.abort()} aria-label={`Stop ${upload.name}`}>
                Stop
              </button>
            ) : (
              <span class="moves">
                <button
                  type="button"
                  onClick={() => {
                    change(upload, { failure: null, share: 0 });
                    void put(upload);
                  }}
                >
                  Try again
                </button>
                <button type="button" onClick={() => change(upload, null)} aria-label={`Forget ${upload.name}`}>
                  Forget
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Why a file would not be taken; browsers let one choose any file, whatever `accept` says. */
function refuse(question: FileQuestion, file: File): string | null {
  if (file.size === 0) return "the file is empty.";
  if (file.size > question.bytes_most) return `${saySize(file.size)} are too much, ${saySize(question.bytes_most)} are allowed.`;
  if (!question.content_types.includes(file.type)) return "a file of this kind cannot be handed in here.";
  return null;
}

function saySize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB`;
}
