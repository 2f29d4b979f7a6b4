import type { ConsentTold } from "../../shared/admission";

/** What is agreed to, each by itself, in the words that the server keeps the hash of. What may be declined is not ticked beforehand. */
export function Consents(props: { consents: readonly ConsentTold[]; given: ReadonlySet<string>; set: (signal: string, given: boolean) => void }) {
  const required = props.consents.filter((one) => one.required);
  const optional = props.consents.filter((one) => !one.required);
  return (
    <>
      <section>
        <h2>What this exam needs</h2>
        <ul data-testid="recorded">
          {required.map((one) => (
            <li key={one.signal}>
              <strong>{one.title}.</strong> {one.what} {one.given === false ? <em>You have said no to this.</em> : null}
            </li>
          ))}
        </ul>
      </section>
      {optional.length === 0 ? null : (
        <section>
          <h2 id="optional-title">Your choice</h2>
          <ul data-testid="optional" aria-labelledby="optional-title">
            {optional.map((one) => (
              <li key={one.signal}>
                <label class="consent">
                  <input
                    type="checkbox"
                    checked={props.given.has(one.signal)}
                    aria-describedby={`consent-${one.signal}`}
                    onChange={(event) => props.set(one.signal, event.currentTarget.checked)}
                  />
                  <strong>{one.title}</strong>
                </label>
                <span id={`consent-${one.signal}`}>
                  {one.what} <em>Without it: {one.without}</em>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
