import { useState } from "preact/hooks";
import type { Api, Method } from "../shared/api";
import { ConfirmDialog } from "../shared/confirm_dialog";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { useRead, Waiting } from "../shared/reading";
import { sayDay } from "../shared/wording";
import { Invite, Rename } from "./organisation_forms";
import { appoints, type Member, type Organisation, ROLE_NAMES, type Role } from "./told";

type Asking = { readonly kind: "remove" | "leave"; readonly member: Member } | { readonly kind: "close" };

/** One organisation: who belongs to it and as what, who is invited, and its end. What one may not do is not offered. */
export function OrganisationPart({ api, organisationId }: { api: Api; organisationId: string }) {
  const path = `/v1/organisations/${encodeURIComponent(organisationId)}`;
  const read = useRead<Organisation>(api, path);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const shown = read.value;

  const act = async (method: Method, under: string, words: string, body?: object): Promise<boolean> => {
    const answer = await api.ask(method, path + under, body);
    setProblem("problem" in answer ? answer.problem : null);
    setTold("problem" in answer ? null : words);
    if ("problem" in answer) return false;
    return true;
  };
  const change = async (...wanted: Parameters<typeof act>): Promise<void> => {
    await act(...wanted);
    read.again();
  };
  const goAway = async (...wanted: Parameters<typeof act>): Promise<void> => {
    // The pass says which organisations one belongs to, and this is none of them any more.
    if (await act(...wanted)) void api.renew().then(() => location.assign("#"));
  };
  if (shown === null) {
    return (
      <>
        <Back />
        <Waiting read={read} words="Opening the organisation…" />
      </>
    );
  }
  const me = api.vault.read()?.account_id ?? "";
  const roles = appoints(shown.own_role);
  const isOwner = shown.own_role === "owner";
  return (
    <>
      <Back />
      <h2>{shown.name}</h2>
      <p class="hint">Its short name is {shown.slug}.</p>
      <Failure problem={problem ?? read.problem} />
      <p class={told === null ? "unseen" : "told"} role="status" data-testid="told">
        {told}
      </p>
      <section aria-labelledby="members">
        <h3 id="members">Members</h3>
        <ul class="lines" data-testid="members">
          {shown.members.map((member) => (
            <MemberLine
              key={`${member.account_id}/${member.role}/${problem === null ? "" : "refused"}`}
              member={member}
              isMe={member.account_id === me}
              roles={roles.includes(member.role) ? roles : []}
              appoint={(role) => void change("PUT", `/members/${encodeURIComponent(member.account_id)}`, `${member.name}: ${ROLE_NAMES[role].toLowerCase()} from now on.`, { role })}
              remove={() => setAsking({ kind: member.account_id === me ? "leave" : "remove", member })}
            />
          ))}
        </ul>
      </section>
      {roles.length === 0 ? null : (
        <section aria-labelledby="invitations">
          <h3 id="invitations">Invitations</h3>
          {shown.invitations.length === 0 ? (
            <p class="hint">Nobody is invited just now.</p>
          ) : (
            <ul class="lines" data-testid="invitations">
              {shown.invitations.map((one) => (
                <li key={one.invitation_id}>
                  <div>
                    <strong>{one.email}</strong>
                    <span class="since">
                      As {ROLE_NAMES[one.role].toLowerCase()}; the link lasts until {sayDay(one.expires_at_ms)}
                    </span>
                  </div>
                  <button type="button" aria-label={`Withdraw the invitation of ${one.email}`} onClick={() => void change("DELETE", `/invitations/${encodeURIComponent(one.invitation_id)}`, `${one.email} can no longer join by the link.`)}>
                    Withdraw
                  </button>
                </li>
              ))}
            </ul>
          )}
          <Invite
            api={api}
            path={path}
            roles={roles}
            invited={(words) => {
              setProblem(null);
              setTold(words);
              read.again();
            }}
          />
        </section>
      )}
      {isOwner ? <Rename api={api} path={path} shown={shown} renamed={() => read.again()} /> : null}
      {isOwner && shown.members.length === 1 ? (
        <section aria-labelledby="closing">
          <h3 id="closing">Close it</h3>
          <p>You are its only member, so you can close it. What was written and certified in its name stays on record.</p>
          <p>
            <button type="button" onClick={() => setAsking({ kind: "close" })} data-testid="close-organisation">
              Close the organisation…
            </button>
          </p>
        </section>
      ) : null}
      {asking === null ? null : (
        <Sure
          asking={asking}
          name={shown.name}
          done={(isMeant) => {
            setAsking(null);
            if (!isMeant) return;
            if (asking.kind === "close") return void goAway("DELETE", "", "It is closed.");
            const member = `/members/${encodeURIComponent(asking.member.account_id)}`;
            if (asking.kind === "leave") void goAway("DELETE", member, "You have left.");
            else void change("DELETE", member, `${asking.member.name} is no longer a member.`);
          }}
        />
      )}
    </>
  );
}

function Back() {
  return (
    <p>
      <a href="#">All your organisations</a>
    </p>
  );
}

interface LineProps {
  readonly member: Member;
  readonly isMe: boolean;
  /** What they could be made by whoever looks; empty: they may only look. */
  readonly roles: readonly Role[];
  readonly appoint: (role: Role) => void;
  readonly remove: () => void;
}

function MemberLine({ member, isMe, roles, appoint, remove }: LineProps) {
  return (
    <li data-testid="member" data-role={member.role}>
      <div>
        <strong>
          {member.name}
          {isMe ? " (you)" : ""}
        </strong>
        <span class="since">
          {roles.length === 0 ? `${ROLE_NAMES[member.role]}, since` : "Since"} {sayDay(member.since_ms)}
        </span>
      </div>
      <span class="acts">
        {roles.length === 0 ? null : (
          <select aria-label={`Role of ${member.name}`} value={member.role} onChange={(event) => appoint(event.currentTarget.value as Role)}>
            {roles.map((role) => (
              <option key={role} value={role}>
                {ROLE_NAMES[role]}
              </option>
            ))}
          </select>
        )}
        {isMe || roles.length > 0 ? (
          <button type="button" onClick={remove} aria-label={isMe ? undefined : `Remove ${member.name}`}>
            {isMe ? "Leave…" : "Remove…"}
          </button>
        ) : null}
      </span>
    </li>
  );
}

function Sure({ asking, name, done }: { asking: Asking; name: string; done: (isMeant: boolean) => void }) {
  if (asking.kind === "close") {
    return (
      <ConfirmDialog title={`Close ${name}?`} act="Close it" done={done}>
        Nobody can work in its name any more, and it cannot be opened again.
      </ConfirmDialog>
    );
  }
  if (asking.kind === "leave") {
    return (
      <ConfirmDialog title={`Leave ${name}?`} act="Leave" done={done}>
        You come back only if somebody there invites you again.
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog title={`Remove ${asking.member.name}?`} act="Remove them" done={done}>
      They see and do nothing in {name} any more, from now on. Invitations that they sent end too.
    </ConfirmDialog>
  );
}
