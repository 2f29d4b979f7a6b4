import { render } from "preact";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { type PageOf, useList, useRead } from "../shared/reading";
import { useLooking } from "../shared/use_looking";
import { sayDay } from "../shared/wording";
import "./contracts.css";
import { Room } from "./room";
import { type Listed, STATE_WORDS, sayActor, toneOf } from "./told";

const api = openApi();
const LOOK_MS = 15_000;

/** One's contracts, as the agent and for one's organisations; with one chosen by the address, its room. */
function ContractsPage() {
  const own = useList<Listed>(api, "/v1/contracts");
  const clients = useRead<PageOf<Listed>>(api, "/v1/contracts/of-organisations");
  const disputed = useRead<PageOf<Listed>>(api, "/v1/contracts/disputed");
  const look = (): void => {
    if (!own.hasMore) own.again();
    clients.again();
    disputed.again();
  };
  const chosen = useAddress(look);
  useLooking(api, ["contracts"], () => location.hash.length > 1 || look(), LOOK_MS);
  return (
    <PageFrame title="Contracts" nav={<a href="/account">Your account</a>} read={own} waiting="Looking for your contracts…">
      {(contracts) => {
        if (chosen !== "") return <Room key={chosen} api={api} contractId={chosen} />;
        const waiting = (disputed.value?.items ?? []).filter((one) => one.side === "staff");
        const all = [...(clients.value?.items ?? []), ...contracts];
        return (
          <>
            {all.length + waiting.length === 0 ? (
              <p class="nothing" data-testid="no-contracts">
                No contract yet. One stands here as soon as an offer is accepted, with what is to be done next, by whom, and until when.
              </p>
            ) : null}
            <Lines title="Disputes to look at" contracts={waiting} />
            <Lines title="Your contracts" contracts={all} />
            {own.hasMore ? (
              <p>
                <button type="button" onClick={() => own.more()}>
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

function Lines({ title, contracts }: { title: string; contracts: readonly Listed[] }) {
  if (contracts.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul class="lines">
        {contracts.map((one) => (
          <li key={one.contract_id} data-testid="contract" data-state={one.state}>
            <div>
              <strong>{one.title}</strong>
              <span class="since">{one.side === "agent" ? one.client : one.side === "client" ? one.agent : `${one.client} and ${one.agent}`}</span>
              <span class="since">
                {one.next.actor === "nobody" ? one.next.says : `Next, ${sayActor(one.next.actor, one.side)}: ${one.next.says}`}
                {one.next.by_ms === null ? "" : ` Until ${sayDay(one.next.by_ms)}.`}
              </span>
            </div>
            <span class="badge" data-tone={one.has_open_dispute ? "alarm" : toneOf(one.state)}>
              {one.has_open_dispute ? "Disputed" : (STATE_WORDS[one.state] ?? one.state)}
            </span>
            <a class="button" href={`#${one.contract_id}`} data-testid="open-contract">
              Open<span class="unseen">: {one.title}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<ContractsPage />, page);
