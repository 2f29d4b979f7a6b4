import { useRef } from "preact/hooks";
import { saySize } from "./files";
import type { OutgoingFile } from "./outbox";
import type { Limits } from "./told";

interface ChooseFilesProps {
  readonly chosen: readonly OutgoingFile[];
  readonly choose: (files: readonly OutgoingFile[]) => void;
  readonly label: string;
  readonly remove: (name: string) => string;
}


export function asOutgoing(files: readonly File[]): readonly OutgoingFile[] {
  return files.map((file) => ({ name: file.name || "picture", blob: file }));
}

/** A button that takes files, and those that go with the next message. */
export function ChooseFiles({ chosen, choose, label, remove }: ChooseFilesProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="icon-button attach" aria-label={label} title={label} onClick={() => input.current?.click()}>
        <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
          <path d="M12.5 7.5l-5 5a3 3 0 0 1-4.2-4.2l5.6-5.6a2 2 0 0 1 2.8 2.8L6.2 11a1 1 0 0 1-1.4-1.4l4.7-4.7" />
        </svg>
      </button>
      <input
        ref={input}
        class="attach-input"
        type="file"
        multiple
        hidden
        aria-label={label}
        data-testid="attach"
        onChange={(event) => {
          choose([...chosen, ...asOutgoing([...(event.currentTarget.files ?? [])])]);
          event.currentTarget.value = "";
        }}
      />
      {chosen.length === 0 ? null : (
        <ul class="chosen">
          {chosen.map((file) => (
            <li key={file.name} data-testid="chosen">
              {file.name} ({saySize(file.blob.size)})
              <button type="button" aria-label={remove(file.name)} onClick={() => choose(chosen.filter((each) => each !== file))}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What the server would not take is not even kept; `refuse` is told of the first that is too large or too many. */
export function withinLimits(
  files: readonly OutgoingFile[],
  limits: Limits,
  refuse: (name: string) => void,
): readonly OutgoingFile[] {
  const fitting = files.filter((each) => each.blob.size <= limits.file_bytes && each.blob.size > 0);
  const refused = files.find((each) => !fitting.includes(each)) ?? fitting[limits.files];
  if (refused !== undefined) refuse(refused.name);
  return fitting.slice(0, limits.files);
}
