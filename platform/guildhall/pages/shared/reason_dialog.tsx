import { useModal } from "./use_modal";

interface ReasonProps {
  readonly title: string;
  readonly explains: string;
  readonly act: string;
  /** The sorts of reason to choose from, by their code; none where words are enough. */
  readonly codes?: Readonly<Record<string, string>> | undefined;
  readonly charactersMax?: number;
  readonly done: (reason: string | null, code: string | null) => void;
}

const REASON_CHARACTERS = 400;

/** Asks why, before something is done that people are told of. `done(null)`: it is not done. Escape is a no. */
export function ReasonDialog({ title, explains, act, codes, charactersMax = REASON_CHARACTERS, done }: ReasonProps) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} aria-labelledby="reason-title" onClose={() => done(null, null)} data-testid="reason-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const entered = new FormData(event.currentTarget);
          done(String(entered.get("reason")).trim(), codes === undefined ? null : String(entered.get("reason_code")));
        }}
      >
        <h2 id="reason-title">{title}</h2>
        <p>{explains}</p>
        {codes === undefined ? null : (
          <p class="field">
            <label for="reason_code">It</label>
            <select id="reason_code" name="reason_code">
              {Object.entries(codes).map(([code, words]) => (
                <option key={code} value={code}>
                  {words.toLowerCase()}
                </option>
              ))}
            </select>
          </p>
        )}
        <p class="field">
          <label for="reason">{codes === undefined ? "Reason" : "In words"}</label>
          <textarea id="reason" name="reason" rows={3} required minLength={3} maxLength={charactersMax} />
        </p>
        <p class="choices">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class="primary" data-testid="give-reason">
            {act}
          </button>
        </p>
      </form>
    </dialog>
  );
}
