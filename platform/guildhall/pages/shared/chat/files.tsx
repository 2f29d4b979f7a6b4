import { useEffect, useState } from "preact/hooks";
import type { Filed } from "./told";

interface FilesProps {
  readonly files: readonly Filed[];
  /** An address that opens the file for a while; "" where there is none just now. */
  readonly link: (sha256: string) => Promise<string>;
  readonly open: string;
}

const SHOWN: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** What came with a message: pictures in place, everything else to be saved. */
export function Files({ files, link, open }: FilesProps) {
  return (
    <ul class="files">
      {files.map((file) => (
        <li key={file.sha256} data-testid="file">
          {SHOWN.has(file.content_type) ? <Picture file={file} link={link} /> : null}
          <button
            type="button"
            onClick={() => {
              // Opened at once, in direct answer to the click; else a browser holds it back.
              const tab = SHOWN.has(file.content_type) ? window.open("", "_blank") : null;
              if (tab !== null) tab.opener = null;
              void link(file.sha256).then((address) => {
                if (address === "") tab?.close();
                else if (tab !== null) tab.location.replace(address);
                else save(address, file.name);
              });
            }}
          >
            {open} {file.name} ({saySize(file.size_bytes)})
          </button>
        </li>
      ))}
    </ul>
  );
}

function Picture({ file, link }: { readonly file: Filed; readonly link: FilesProps["link"] }) {
  const [address, setAddress] = useState("");
  useEffect(() => void link(file.sha256).then(setAddress), [file.sha256]);
  return address === "" ? null : <img src={address} alt={file.name} loading="lazy" />;
}

function save(address: string, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
}

export function saySize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${Math.round(bytes / 1024)} KB` : `${Number((bytes / 1_048_576).toFixed(1))} MB`;
}
