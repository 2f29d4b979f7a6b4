import { render } from "preact";
import { useState } from "preact/hooks";
import type { Account } from "../shared/accounts";
import { Failure } from "../shared/form";
import { Notices } from "../shared/notices";
import { openApi } from "../shared/page_api";
import { PageFrame } from "../shared/page_frame";
import { PlacesList } from "../shared/places_list";
import { NOT_REACHED } from "../shared/problems";
import { type PageOf, type Read, useRead } from "../shared/reading";
import { SupervisedList, supervises } from "../shared/supervised_list";
import { useLooking } from "../shared/use_looking";
import { sayDay } from "../shared/wording";
import "./home.css";
import { type ApplicationTold, type ContractTold, type ExamTold, linesOf, type OnboardingTold, type PostingTold, type WaitingLine } from "./waiting";

const api = openApi();
const LOOK_MS = 15_000;
/** Not for this person, or nothing of theirs: no fault to speak of. */
const NOT_THEIRS: ReadonlySet<number | undefined> = new Set([403, 404]);

/** What somebody does next, in every part of the house; what they wait for; what they were told; and the way to it all. */
function HomePage() {
  const account = useRead<Account>(api, "/v1/accounts/me");
  const [round, setRound] = useState(0);
  const onboarding = useRead<OnboardingTold>(api, "/v1/onboarding/mine");
  const applications = useRead<PageOf<ApplicationTold>>(api, "/v1/applications?limit=50");
  const contracts = useRead<PageOf<ContractTold>>(api, "/v1/contracts");
  const clients = useRead<PageOf<ContractTold>>(api, "/v1/contracts/of-organisations");
  const disputed = useRead<PageOf<ContractTold>>(api, "/v1/contracts/disputed");
  const postings = useRead<{ readonly items: readonly PostingTold[] }>(api, "/v1/hiring/opportunities");
  const exams = useRead<{ readonly server_time_ms: number; readonly invitations: readonly ExamTold[] }>(api, "/v1/exams/mine");
  const isAdmin = account.value?.roles.includes("admin") ?? false;
  const reviews = useRead<PageOf<unknown>>(api, isAdmin ? "/v1/moderation/opportunities?limit=100" : null);
  const parts: readonly Read<unknown>[] = [onboarding, applications, contracts, clients, disputed, postings, exams];
  const look = (): void => {
    for (const part of [...parts, reviews]) part.again();
    setRound((before) => before + 1);
  };
  useLooking(api, ["contracts", "applications", "opportunities", "onboarding", "notices"], look, LOOK_MS);
  const failed = parts.find((part) => part.problem !== null && !NOT_THEIRS.has(part.problem.status))?.problem ?? null;
  const isWhole = parts.every((part) => part.value !== null || part.problem !== null);
  // Proctors, support and those who run the house could be agents as well, but nobody waits for that.
  const onlyAgent = account.value?.roles.every((role) => role === "agent") ?? false;
  const disputes = (disputed.value?.items ?? []).filter((one) => one.side === "staff");
  const lines = linesOf(
    {
      onboarding: onlyAgent ? onboarding.value : null,
      applications: applications.value?.items ?? [],
      contracts: [...(contracts.value?.items ?? []), ...(clients.value?.items ?? []), ...disputes],
      postings: postings.value?.items ?? [],
      exams: exams.value?.invitations ?? [],
      reviews: { waiting: reviews.value?.items.length ?? 0, hasMore: reviews.value?.has_more ?? false },
    },
    exams.value?.server_time_ms ?? Date.now(),
  );
  const yours = lines.filter((one) => one.isYours);
  const others = lines.filter((one) => !one.isYours);
  return (
    <PageFrame title="What waits for you" nav={<a href="/account">Your account</a>} read={account} waiting="Looking what waits for you…">
      {(shown) => (
        <>
          <section aria-labelledby="yours">
            <h2 id="yours">Your turn</h2>
            <Failure problem={failed} />
            {isWhole && failed === null && yours.length === 0 ? (
              <p class="nothing" data-testid="nothing-waits">
                Nothing waits for you, {shown.name}. What comes next shows here by itself.
              </p>
            ) : null}
            <Lines lines={yours} />
          </section>
          {others.length === 0 ? null : (
            <details data-testid="others" open={yours.length === 0}>
              <summary>What you wait for ({others.length})</summary>
              <Lines lines={others} />
            </details>
          )}
          {supervises(shown) ? (
            <section aria-labelledby="supervised">
              <h2 id="supervised">Exams you supervise</h2>
              <SupervisedList api={api} account={shown} />
            </section>
          ) : null}
          <Notices api={api} round={round} isUnreachableTold={failed?.type === NOT_REACHED.type} />
          <section aria-labelledby="places">
            <h2 id="places">Where everything is</h2>
            <PlacesList api={api} account={shown} />
          </section>
        </>
      )}
    </PageFrame>
  );
}

function Lines({ lines }: { lines: readonly WaitingLine[] }) {
  if (lines.length === 0) return null;
  return (
    <ul class="lines">
      {lines.map((one) => (
        <li key={one.key} data-testid="waiting" data-yours={one.isYours}>
          <div>
            <strong>
              <a href={one.href}>{one.title}</a>
            </strong>
            <span class="since">
              {one.about}
              {one.beside === "" ? "" : ` · ${one.beside}`}
              {one.byMs === null ? "" : ` · until ${sayDay(one.byMs)}`}
            </span>
            <span>{one.says}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<HomePage />, page);
