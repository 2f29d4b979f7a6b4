import type { OwnCredential } from "../shared/exams_told";
import { sayDate } from "./saying";

/** What was earned: each credential leads to the page on which anybody can verify it. */
export function Credentials({ credentials }: { credentials: readonly OwnCredential[] }) {
  if (credentials.length === 0) return null;
  return (
    <section aria-labelledby="credentials-title" data-testid="credentials">
      <h2 id="credentials-title">Your credentials</h2>
      <ul class="lines">
        {credentials.map((credential) => (
          <li key={credential.credential_id}>
            <div>
              <strong>
                {credential.title}
                {credential.level === "" ? "" : `, ${credential.level}`}
              </strong>
              <span class="since">
                Issued {sayDate(credential.issued_at_ms)}
                {credential.expires_at_ms === null ? "" : `, good until ${sayDate(credential.expires_at_ms)}`}
                {credential.standing === "valid" ? "" : `; ${credential.standing}`}
              </span>
            </div>
            <a href={`/credential#${encodeURIComponent(credential.credential_id)}`}>
              Show it<span class="unseen">: {credential.title}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
