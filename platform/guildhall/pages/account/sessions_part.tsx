import { useEffect, useState } from "preact/hooks";
import type { Items, SessionShown } from "../shared/accounts";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { sayDay } from "../shared/wording";
import { Part, Told } from "./part";

const PATH = "/v1/auth/sessions";

export function SessionsPart({ api }: { api: Api }) {
  const [sessions, setSessions] = useState<readonly SessionShown[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState<string | null>(null);

  const read = async (): Promise<void> => {
    const answer = await api.ask<Items<SessionShown>>("GET", PATH);
    if ("reply" in answer) setSessions(answer.reply.items);
    else setProblem(answer.problem);
  };
  useEffect(() => void read(), []);

  const end = async (session: SessionShown): Promise<void> => {
    setProblem(null);
    const answer = await api.ask("DELETE", `${PATH}/${encodeURIComponent(session.session_id)}`);
    // One that is not there any more has ended by itself, which is what was wanted.
    if ("problem" in answer && answer.problem.status !== 404) setProblem(answer.problem);
    else setTold(`${session.device} is signed out.`);
    await read();
  };
  const endAll = async (): Promise<void> => {
    const answer = await api.ask("DELETE", PATH);
    if ("problem" in answer) return setProblem(answer.problem);
    api.vault.forget();
    location.assign("/sign-in");
  };

  return (
    <Part id="sessions" title="Where you are signed in">
      <Failure problem={problem} />
      <Told words={told} />
      <ul class="sessions">
        {(sessions ?? []).map((session) => (
          <li key={session.session_id} data-testid="session" data-current={session.is_current}>
            <span class="device">
              <strong>{session.device}</strong>
              {session.is_current ? <span class="badge">This one</span> : null}
            </span>
            <span class="since">
              Since {sayDay(session.signed_in_at_ms)}, last used {sayDay(session.last_seen_at_ms)}, from {session.network}
            </span>
            {session.is_current ? null : (
              <button type="button" onClick={() => void end(session)} aria-label={`Sign out ${session.device}`}>
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="acts">
        <button type="button" onClick={() => void endAll()} data-testid="sign-out-everywhere">
          Sign out everywhere, here too
        </button>
      </p>
    </Part>
  );
}
