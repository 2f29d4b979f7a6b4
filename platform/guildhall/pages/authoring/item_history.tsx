import type { ItemVersion } from "./authored";
import type { Desk } from "./desk";
import { useRead, Waiting } from "../shared/reading";

/** What was published, the newest first, and what changed each time. `versions` makes it read again after publishing. */
export function ItemHistory({ desk, itemId, versions }: { desk: Desk; itemId: string; versions: number }) {
  const read = useRead<{ items: ItemVersion[] }>(desk, `/items/${encodeURIComponent(itemId)}/versions`);
  return (
    <details class="panel" key={versions}>
      <summary>History: {versions === 1 ? "one version" : `${versions} versions`}</summary>
      <Waiting read={read} />
      <ol class="history" reversed>
        {read.value?.items.map((version) => (
          <li key={version.version_id}>
            <p>
              Published {new Date(version.published_at_ms).toLocaleString()}
              {version.corrections.length > 0 ? `; key corrected: ${version.corrections.map((one) => one.reason).join("; ")}` : ""}
            </p>
            <ul>
              {version.differences.map((one) => (
                <li key={one.path}>
                  <code>{one.path}</code>: {one.before === null ? null : <del>{one.before}</del>} {one.after === null ? null : <ins>{one.after}</ins>}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </details>
  );
}
