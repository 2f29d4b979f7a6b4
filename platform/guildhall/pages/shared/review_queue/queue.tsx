import type { ComponentChildren } from "preact";
import type { Api } from "../api";
import { PageFrame, useAddress } from "../page_frame";
import { useList } from "../reading";
import { type Sort, useLooking } from "../use_looking";

interface QueueProps<T> {
  readonly api: Api;
  readonly title: string;
  /** Of the API: a list, whoever or whatever is to be looked at first, first. */
  readonly path: string;
  /** The sorts of document whose changes show at once. */
  readonly watches: readonly Sort[];
  readonly lookMs?: number;
  readonly waiting: string;
  /** What stands here while nothing waits. */
  readonly nothing: ComponentChildren;
  readonly line: (one: T) => QueueLine;
  /** The one that the address names. */
  readonly children: (chosen: string) => ComponentChildren;
}

export interface QueueLine {
  readonly id: string;
  readonly name: string;
  readonly testId: string;
  readonly state?: string;
  readonly about: ComponentChildren;
}

/** A page of reviewers: what waits for them, and with one chosen by the address, that one. */
export function QueuePage<T>({ api, title, path, watches, lookMs, waiting, nothing, line, children }: QueueProps<T>) {
  const read = useList<T>(api, path);
  const chosen = useAddress(() => read.again());
  useLooking(api, watches, () => read.hasMore || read.again(), lookMs);
  return (
    <PageFrame title={title} nav={<a href="/account">Your account</a>} read={read} waiting={waiting}>
      {(found) => {
        if (chosen !== "") return children(chosen);
        if (found.length === 0) return nothing;
        return (
          <>
            <ul class="lines" data-testid="queue">
              {found.map(line).map((one) => (
                <Line key={one.id} line={one} />
              ))}
            </ul>
            {read.hasMore ? (
              <p>
                <button type="button" onClick={() => read.more()}>
                  Show more
                </button>
              </p>
            ) : null}
          </>
        );
      }}
    </PageFrame>
  );
}

function Line({ line }: { line: QueueLine }) {
  return (
    <li data-testid={line.testId} data-state={line.state}>
      <div>
        <strong>{line.name}</strong>
        {line.about}
      </div>
      <a class="button" href={`#${line.id}`}>
        Open<span class="unseen">: {line.name}</span>
      </a>
    </li>
  );
}

/** Whose it is for now, after what else is said of it. */
export function sayTaken(isTaken: boolean, isMine: boolean): string {
  if (!isTaken) return "";
  return isMine ? ", taken by you" : ", taken by somebody else";
}
