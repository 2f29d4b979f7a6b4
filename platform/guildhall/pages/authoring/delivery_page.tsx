import { useState } from "preact/hooks";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { DeliveryShown, InvitationListed, RosterTaken } from "./authored";
import { Changes } from "./changes";
import { sayWindow } from "./deliveries_page";
import type { Desk } from "./desk";
import { InvitationLine } from "./invitation_line";
import { PolicyPart } from "./policy_part";
import { ProctorsPart } from "./proctors_part";
import { type Owner, sayOwner } from "../shared/organisations";
import { useList, useRead, Waiting } from "../shared/reading";

/** One delivery: its window, who is invited, and inviting one by one or by a pasted list. */
export function DeliveryPage({ desk, owners, deliveryId }: { desk: Desk; owners: readonly Owner[] | null; deliveryId: string }) {
  const path = `/deliveries/${encodeURIComponent(deliveryId)}`;
  const delivery = useRead<DeliveryShown>(desk, path);
  const invited = useList<InvitationListed>(desk, `${path}/invitations?limit=100`);
  const [taken, setTaken] = useState<RosterTaken | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const inviting = useSubmit(
    (entered) => desk.ask<InvitationListed>("POST", `${path}/invitations`, { name: entered.text("name"), email: entered.text("email") }),
    () => {
      setTaken(null);
      invited.again();
    },
  );
  const pasting = useSubmit(
    (entered) => desk.ask<RosterTaken>("POST", `${path}/rosters`, { text: entered.text("roster") }),
    (reply) => {
      setTaken(reply);
      invited.again();
    },
  );
  const cancel = async (): Promise<void> => {
    const answer = await desk.ask<DeliveryShown>("POST", `${path}/cancel`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) delivery.put(answer.reply);
  };
  const shown = delivery.value;
  if (shown === null) return <Waiting read={delivery} />;
  return (
    <>
      <p class="eyebrow">
        <a href="#/deliveries">Deliveries</a>
        {sayOwner(owners, shown.organisation_id) === "" ? "" : ` · ${sayOwner(owners, shown.organisation_id)}`}
      </p>
      <h1 tabIndex={-1}>{shown.title}</h1>
      <p>
        {shown.is_cancelled ? <strong>Cancelled. </strong> : null}
        {shown.exam_title}, {sayWindow(shown)}. {shown.attempts_allowed === 1 ? "One attempt" : `${shown.attempts_allowed} attempts`} for each
        {shown.is_practice ? "; a practice run" : ""}
        {shown.is_proctored ? "; before a camera" : ""}.
      </p>
      {shown.warnings.map((warning) => (
        <p class="told" key={warning}>
          {warning}
        </p>
      ))}
      <h2>Invited</h2>
      <Waiting read={invited} />
      {invited.value?.length === 0 ? <p class="nothing">Nobody is invited yet. Invite people below: each gets a mail with the way in.</p> : null}
      <ul class="lines" data-testid="invitations">
        {invited.value?.map((one) => (
          <InvitationLine
            key={one.invitation_id}
            desk={desk}
            invitation={one}
            changed={(next) => invited.put((invited.value ?? []).map((each) => (each.invitation_id === next.invitation_id ? next : each)))}
          />
        ))}
      </ul>
      {invited.hasMore ? (
        <button type="button" onClick={() => invited.more()}>
          Show more
        </button>
      ) : null}
      {shown.is_cancelled ? null : (
        <div class="two">
          <form class="form panel" onSubmit={inviting.onSubmit}>
            <h2>Invite one</h2>
            <Failure problem={inviting.problem} />
            <Field name="name" label="Name" autocomplete="off" maxLength={120} problem={inviting.problem} />
            <Field name="email" label="E-mail" type="email" autocomplete="off" problem={inviting.problem} />
            <Submit busy={inviting.busy} testid="invite">
              Invite
            </Submit>
          </form>
          <form class="form panel" onSubmit={pasting.onSubmit}>
            <h2>Invite a list</h2>
            <Failure problem={pasting.problem} />
            <p class="field">
              <label for="roster">Name and e-mail, one person a line</label>
              <textarea id="roster" name="roster" rows={6} required placeholder={"Ada Lovelace, ada@example.org\nGrace Hopper <grace@example.org>"} />
              <span class="hint">As copied out of a table or an address book. Who is on the list already is not mailed again.</span>
            </p>
            <Submit busy={pasting.busy} testid="invite-list">
              Invite them
            </Submit>
            {taken === null ? null : <TakenReport taken={taken} />}
          </form>
        </div>
      )}
      {shown.is_proctored ? <ProctorsPart desk={desk} path={path} /> : null}
      {shown.is_proctored ? <PolicyPart desk={desk} deliveryId={deliveryId} /> : null}
      <Failure problem={problem} />
      {shown.is_cancelled ? null : (
        <p>
          <button type="button" onClick={() => void cancel()}>
            Cancel this delivery
          </button>{" "}
          <span class="hint">Nobody begins any more; who is sitting goes on.</span>
        </p>
      )}
      <Changes desk={desk} path={path} rev={shown.rev} />
    </>
  );
}

function TakenReport({ taken }: { taken: RosterTaken }) {
  return (
    <div class="report" role="status" data-testid="roster-report">
      <p>
        {taken.invited.length === 1 ? "1 person was invited" : `${taken.invited.length} people were invited`}
        {taken.already.length > 0 ? `; ${taken.already.length} had been already` : ""}.
      </p>
      {taken.refused.length === 0 ? null : (
        <ul>
          {taken.refused.map((one) => (
            <li key={one.line}>
              <strong>Line {one.line}</strong> (<q>{one.text}</q>): {one.reason}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
