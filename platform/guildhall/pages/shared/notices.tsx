import { useEffect, useState } from "preact/hooks";
import type { Api } from "./api";
import { Failure } from "./form";
import { NOT_REACHED } from "./problems";
import { type PageOf, useRead } from "./reading";
import { sayDay } from "./wording";

interface NoticeShown {
  readonly notice_id: string;
  readonly title: string;
  readonly text: string;
  readonly path: string;
  readonly at_ms: number;
  readonly is_seen: boolean;
}

/**
 * What one was told lately; what is shown has been seen from the next look on. `round` makes it read again. Where the page
 * says already that the server cannot be reached, `isUnreachableTold`, it is not said twice.
 */
export function Notices({ api, round, isUnreachableTold = false }: { api: Api; round: number; isUnreachableTold?: boolean }) {
  const read = useRead<PageOf<NoticeShown>>(api, "/v1/notices?limit=10");
  const [told, setTold] = useState(0);
  useEffect(() => {
    if (round > 0) read.again();
  }, [round]);
  const items = read.value?.items ?? [];
  const newest = items[0]?.at_ms ?? 0;
  useEffect(() => {
    if (newest <= told || items.every((one) => one.is_seen) || document.hidden) return;
    setTold(newest);
    void api.ask("POST", "/v1/notices/seen", { until_ms: newest });
  }, [newest]);
  const problem = isUnreachableTold && read.problem?.type === NOT_REACHED.type ? null : read.problem;
  if (items.length === 0 && (read.value !== null || (read.problem !== null && problem === null))) return null;
  return (
    <section aria-labelledby="notices">
      <h2 id="notices">What you were told</h2>
      <Failure problem={problem} />
      <ul class="lines" data-testid="notices">
        {items.map((one) => (
          <li key={one.notice_id}>
            <div>
              <strong>
                {one.is_seen ? null : <span class="badge">New</span>} {one.title}
              </strong>
              <span class="since">{sayDay(one.at_ms)}</span>
              <span class="written">{one.text}</span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
