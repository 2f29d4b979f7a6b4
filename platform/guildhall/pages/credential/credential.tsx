import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../shared/form";
import { Icon } from "../shared/icons";
import { Masthead } from "../shared/masthead";
import type { Problem } from "../shared/messages";
import { openApi } from "../shared/page_api";
import type { CredentialShown } from "../shared/results_told";
import { saveFile } from "../shared/save_file";
import "./credential.css";

const api = openApi();
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

const STANDING = {
  valid: ["This credential is valid.", "good"],
  revoked: ["This credential was revoked.", "alarm"],
  expired: ["This credential has expired.", "alarm"],
} as const;

/** Anybody who was shown a credential finds here whether it is good: its id is in the address, or typed. */
function CredentialPage() {
  const [name, setName] = useState(decodeURIComponent(location.hash.slice(1)));
  const [credential, setCredential] = useState<CredentialShown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    const turn = (): void => setName(decodeURIComponent(location.hash.slice(1)));
    addEventListener("hashchange", turn);
    return () => removeEventListener("hashchange", turn);
  }, []);
  useEffect(() => {
    setCredential(null);
    setProblem(null);
    if (name === "") return;
    void api.askAnyone<CredentialShown>("GET", `/v1/credentials/${encodeURIComponent(name)}`).then((answer) => {
      if ("reply" in answer) setCredential(answer.reply);
      else setProblem(answer.problem);
    });
  }, [name]);

  return (
    <>
      <Masthead />
      <main>
        {credential !== null ? (
          <Shown credential={credential} />
        ) : (
          <>
            <h1>Check a credential</h1>
            {name !== "" && problem === null ? (
              <p role="status">Looking it up…</p>
            ) : problem?.status === 404 ? (
              <p class="failure" role="alert" data-testid="unknown">
                There is no credential {name}. Compare it with what you were shown, letter by letter.
              </p>
            ) : (
              <Failure problem={problem} />
            )}
            <Lookup name={name} />
          </>
        )}
      </main>
    </>
  );
}

function Lookup({ name }: { name: string }) {
  return (
    <form
      class="form lookup"
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = encodeURIComponent(String(new FormData(event.currentTarget).get("id")).trim());
      }}
    >
      <p class="field">
        <label for="id">Its number, such as crd_01JD7Z8Q3W5T0C2K9V6B4N1M8X</label>
        <input id="id" name="id" required maxLength={64} autocomplete="off" spellcheck={false} defaultValue={name} />
      </p>
      <p>
        <button type="submit" class="primary">
          Check it
        </button>
      </p>
    </form>
  );
}

function Shown({ credential }: { credential: CredentialShown }) {
  const [words, tone] = STANDING[credential.standing];
  const keep = (): void => saveFile(`${credential.credential_id}.json`, "application/json", JSON.stringify(credential, null, 2));
  return (
    <>
      <article class="certificate" data-testid="credential" data-standing={credential.standing}>
        <p class="standing" data-tone={tone} role="status">
          <Icon name={tone === "good" ? "flag" : "alert"} />
          {words}
          {credential.revoked_at_ms === null ? "" : ` On ${day.format(credential.revoked_at_ms)}.`}
        </p>
        <p class="eyebrow">Guildhall certifies that</p>
        <h1>{credential.holder_name}</h1>
        <p class="lead">
          {credential.standing === "valid" ? "has passed" : "had passed"} <strong>{credential.title}</strong>
          {credential.level === "" ? "" : `, level ${credential.level}`}
        </p>
        <dl>
          <dt>Issued</dt>
          <dd>{day.format(credential.issued_at_ms)}</dd>
          <dt>Good until</dt>
          <dd>{credential.expires_at_ms === null ? "without end" : day.format(credential.expires_at_ms)}</dd>
          <dt>Number</dt>
          <dd>
            <code>{credential.credential_id}</code>
          </dd>
          <dt>Check it at</dt>
          <dd class="address">
            {location.origin}/credential#{credential.credential_id}
          </dd>
        </dl>
      </article>
      <p class="acts">
        <button type="button" onClick={() => print()}>
          Print it
        </button>
        <button type="button" onClick={keep} data-testid="keep">
          Save the signed document
        </button>
        <a href="#">Check another</a>
      </p>
      <details>
        <summary>Checking it without this page</summary>
        <p>
          The signed document verifies on any machine, with the <a href="/v1/credentials/keys">published keys</a> alone:{" "}
          <code>python -m guildhall verify-credential FILE --keys FILE</code>. It is a JSON Web Token signed with Ed25519. Whether it
          was revoked can only be asked here.
        </p>
      </details>
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) render(<CredentialPage />, page);
