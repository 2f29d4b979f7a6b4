import { type Owner, sayOwner } from "../shared/organisations";

/** For whom something new is made: asked where there are several, told where there is one. */
export function ForWhom({ owners }: { owners: readonly Owner[] }) {
  const only = owners.length === 1 ? owners[0] : undefined;
  if (only !== undefined) {
    return (
      <p class="hint" data-testid="for-whom">
        <input type="hidden" name="organisation_id" value={only.id} />
        {only.id === "" ? "It belongs to the platform." : `It belongs to ${only.name}.`}
      </p>
    );
  }
  return (
    <p class="field">
      <label for="organisation_id">For whom</label>
      <select id="organisation_id" name="organisation_id" data-testid="for-whom">
        {owners.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      <span class="hint">Its owners and managers see and change it; it cannot move to another later.</span>
    </p>
  );
}

/** Whose it is, where that does not go without saying. */
export function WhoseHint({ owners, organisationId }: { owners: readonly Owner[] | null; organisationId: string }) {
  const words = sayOwner(owners, organisationId);
  return words === "" ? null : <span class="hint">{words}</span>;
}

/** Where a new one would be begun, for those who may begin none. */
export function NobodyToWriteFor({ what }: { what: string }) {
  return (
    <p class="nothing" data-testid="no-owner">
      {what} are made by the owners and managers of an organisation, and you are neither in any. If you should be, ask one of them to make
      you a manager.
    </p>
  );
}
