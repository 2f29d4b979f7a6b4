import { useState } from "preact/hooks";
import { focusOnce } from "../shared/focus";

/** Shown once, to be kept outside of this device: on paper, or with the password. */
export function RecoveryCodesShown(props: { codes: readonly string[]; email: string; done: () => void }) {
  const [told, setTold] = useState("");

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.codes.join("\n"));
      setTold("Copied.");
    } catch {
      setTold("Your browser did not let us copy. Select the codes and copy them yourself.");
    }
  };
  return (
    <div class="recovery">
      <h3 ref={focusOnce} tabIndex={-1}>
        Your recovery codes
      </h3>
      <p>
        Each signs you in once when your app is out of reach. Keep them where your phone is not: they are shown this one
        time.
      </p>
      <p class="only-print">Guildhall, {props.email}</p>
      <ol data-testid="recovery-codes">
        {props.codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <p class="acts">
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>
        <button type="button" onClick={() => print()}>
          Print
        </button>
        <button type="button" class="primary" onClick={props.done} data-testid="codes-kept">
          I have kept them
        </button>
        <span role="status">{told}</span>
      </p>
    </div>
  );
}
