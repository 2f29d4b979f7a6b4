import { render } from "preact";
import { useState } from "preact/hooks";
import type { Items } from "../shared/accounts";
import type { OwnOrganisation } from "../shared/organisations";
import { openApi } from "../shared/page_api";
import { PageFrame, useAddress } from "../shared/page_frame";
import { useRead } from "../shared/reading";
import { useModal } from "../shared/use_modal";
import { EndpointForm } from "./endpoint_form";
import { EndpointPart } from "./endpoint_part";
import { type Endpoints, type Revealed, STATE_TONES, STATE_WORDS, sayTypes } from "./told";
import "./webhooks.css";

const api = openApi();

/** Where one's own systems are told what people are told. The address holds the endpoint that is looked at. */
function WebhooksPage() {
  const read = useRead<Endpoints>(api, "/v1/webhooks");
  const organisations = useRead<Items<OwnOrganisation>>(api, "/v1/organisations");
  const chosen = useAddress(read.again);
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const owned = (organisations.value?.items ?? []).filter((one) => one.own_role === "owner");
  return (
    <PageFrame title="Webhooks" nav={<a href="/account">Your account</a>} read={read} waiting="Looking…">
      {(shown) => {
        const endpoint = shown.items.find((one) => one.endpoint_id === chosen);
        return (
          <>
            {endpoint === undefined ? (
              <Overview shown={shown} organisations={owned} again={read.again} reveal={setRevealed} />
            ) : (
              <EndpointPart key={endpoint.endpoint_id} api={api} endpoint={endpoint} types={shown.types} again={read.again} reveal={setRevealed} />
            )}
            {revealed === null ? null : <Secret secret={revealed.secret} close={() => setRevealed(null)} />}
          </>
        );
      }}
    </PageFrame>
  );
}

interface OverviewProps {
  readonly shown: Endpoints;
  readonly organisations: readonly OwnOrganisation[];
  readonly again: () => void;
  readonly reveal: (revealed: Revealed) => void;
}

function Overview({ shown, organisations, again, reveal }: OverviewProps) {
  const names = new Map(organisations.map((one) => [one.organisation_id, one.name]));
  return (
    <>
      <p>
        What you are told of your work, your own systems can be told too: each event is posted to an address of yours, signed as{" "}
        <a href="https://www.standardwebhooks.com" rel="noreferrer">
          Standard Webhooks
        </a>{" "}
        are.
      </p>
      {shown.items.length === 0 ? (
        <p class="nothing">There is none yet.</p>
      ) : (
        <ul class="lines" data-testid="webhooks">
          {shown.items.map((one) => (
            <li key={one.endpoint_id}>
              <div>
                <strong class="address">{one.url}</strong>
                <span class="since">
                  {one.organisation_id === "" ? "Your own" : (names.get(one.organisation_id) ?? "Your organisation")}, told of {sayTypes(one)}
                </span>
              </div>
              <span class="badge" data-tone={STATE_TONES[one.state]}>
                {STATE_WORDS[one.state]}
              </span>
              <a class="button" href={`#${one.endpoint_id}`}>
                Open<span class="unseen">: {one.url}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <section aria-labelledby="new">
        <h2 id="new">A new one</h2>
        <EndpointForm<Revealed>
          key={shown.items.length}
          api={api}
          types={shown.types}
          organisations={organisations}
          endpoint={null}
          act="Add it"
          done={(revealed) => {
            again();
            reveal(revealed);
          }}
        />
      </section>
    </>
  );
}

/** Shown this once: the server keeps nothing by which it could be shown again. */
function Secret({ secret, close }: { secret: string; close: () => void }) {
  const dialog = useModal();
  const [isCopied, setCopied] = useState(false);
  return (
    <dialog ref={dialog} aria-labelledby="secret-title" onClose={close} data-testid="secret">
      <h2 id="secret-title">Its secret</h2>
      <p>Your system verifies with it that what it is sent comes from here. It is shown this once.</p>
      <code class="secret">{secret}</code>
      <p class="choices">
        <button type="button" onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}>
          {isCopied ? "Copied" : "Copy"}
        </button>
        <button type="button" class="primary" onClick={() => dialog.current?.close()} data-testid="secret-kept">
          I have kept it
        </button>
      </p>
    </dialog>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<WebhooksPage />, page);
