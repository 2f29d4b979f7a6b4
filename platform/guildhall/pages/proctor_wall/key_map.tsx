import { KEYS, type Key } from "./keys";
import { useModal } from "../shared/use_modal";

/** Every key, by where it works, and the switch for whoever speaks instead of typing. */
export function KeyMap(props: { letters: boolean; setLetters: (letters: boolean) => void; close: () => void }) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} class="small keys" aria-labelledby="keys-title" onClose={props.close} data-testid="keys">
      <h2 id="keys-title">Keys</h2>
      <Keys title="On the wall" keys={KEYS.filter((key) => key.place !== "candidate")} />
      <Keys title="With a candidate enlarged" keys={KEYS.filter((key) => key.place === "candidate")} />
      <p class="hint">Escape closes whatever is open. No key acts before a reason was chosen.</p>
      <label class="check">
        <input type="checkbox" checked={props.letters} onChange={(event) => props.setLetters(event.currentTarget.checked)} data-testid="letters" />
        Letters are keys (switch off for speech input)
      </label>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}

function Keys({ title, keys }: { title: string; keys: readonly Key[] }) {
  return (
    <>
      <h3>{title}</h3>
      <dl>
        {keys.map((key) => (
          <div key={key.command}>
            <dt>
              <kbd>{key.shown}</kbd>
            </dt>
            <dd>{key.does}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
