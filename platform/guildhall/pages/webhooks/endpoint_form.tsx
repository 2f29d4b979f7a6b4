import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { OwnOrganisation } from "../shared/organisations";
import type { Endpoint, EventType } from "./told";

interface FormProps<T> {
  readonly api: Api;
  readonly types: readonly EventType[];
  /** Those for which one may ask; null where it is known already. */
  readonly organisations: readonly OwnOrganisation[] | null;
  readonly endpoint: Endpoint | null;
  readonly act: string;
  readonly done: (reply: T) => void;
}

/** Where to, for whom, and which events: for a new endpoint as for one that is changed. */
export function EndpointForm<T>({ api, types, organisations, endpoint, act, done }: FormProps<T>) {
  const [isAll, setAll] = useState(endpoint === null || endpoint.types.length === 0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(endpoint?.types ?? []));
  const [nothing, setNothing] = useState(false);
  const form = useSubmit<T>(
    (entered) => {
      const body = { url: entered.text("url"), description: entered.text("description"), types: isAll ? [] : [...chosen] };
      if (endpoint !== null) return api.ask("PUT", `/v1/webhooks/${endpoint.endpoint_id}`, body);
      return api.ask("POST", "/v1/webhooks", { ...body, organisation_id: entered.text("organisation_id") });
    },
    done,
  );
  const toggle = (name: string): void => {
    setNothing(false);
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    setChosen(next);
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        // Nothing chosen would mean everything to the server: so it is asked for in words instead.
        if (isAll || chosen.size > 0) return form.onSubmit(event);
        event.preventDefault();
        setNothing(true);
      }}
    >
      <Failure problem={form.problem} />
      {organisations === null || organisations.length === 0 ? null : (
        <p class="field">
          <label for="organisation_id">For</label>
          <select id="organisation_id" name="organisation_id">
            {organisations.map((one) => (
              <option key={one.organisation_id} value={one.organisation_id}>
                {one.name}
              </option>
            ))}
            <option value="">Yourself</option>
          </select>
        </p>
      )}
      <Field name="url" label="Address" autocomplete="url" value={endpoint?.url ?? ""} maxLength={2000} hint="Begins with https:// and can be reached from the internet." problem={form.problem} />
      <p class="field">
        <label for="description">What it is for (optional)</label>
        <input id="description" name="description" defaultValue={endpoint?.description ?? ""} maxLength={120} autocomplete="off" />
      </p>
      <fieldset class="events">
        <legend>Events</legend>
        <label>
          <input type="radio" name="which" checked={isAll} onChange={() => setAll(true)} />
          Every event, those too that are yet to come
        </label>
        <label>
          <input type="radio" name="which" checked={!isAll} onChange={() => setAll(false)} data-testid="choose-events" />
          Only those chosen here
        </label>
        {isAll ? null : groupsOf(types).map(([name, group]) => <Group key={name} name={name} types={group} chosen={chosen} toggle={toggle} />)}
        {nothing ? (
          <p class="failure" role="alert">
            Choose at least one event.
          </p>
        ) : null}
      </fieldset>
      <p>
        <Submit busy={form.busy} testid="save-webhook">
          {act}
        </Submit>
      </p>
    </form>
  );
}

interface GroupProps {
  readonly name: string;
  readonly types: readonly EventType[];
  readonly chosen: ReadonlySet<string>;
  readonly toggle: (name: string) => void;
}

/** All that is about one sort of thing; there are too many events to be looked through in one list. */
function Group({ name, types, chosen, toggle }: GroupProps) {
  const count = types.filter((one) => chosen.has(one.name)).length;
  return (
    <details data-testid={`events-${name}`}>
      <summary>
        {name} <span class="quiet-count">{count === 0 ? types.length : `${count} of ${types.length} chosen`}</span>
      </summary>
      <ul>
        {types.map((one) => (
          <li key={one.name}>
            <label>
              <input type="checkbox" checked={chosen.has(one.name)} onChange={() => toggle(one.name)} />
              <span>
                <code>{one.name}</code>
                <span class="hint">{one.words}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

function groupsOf(types: readonly EventType[]): readonly (readonly [string, readonly EventType[]])[] {
  const groups = new Map<string, EventType[]>();
  for (const one of types) {
    const name = one.name.split(".")[0] ?? "";
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups];
}
