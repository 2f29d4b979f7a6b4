import { useModal } from "./use_modal";

interface ReasonProps {
  readonly title: string;
  readonly explains: string;
  readonly act: string;
  readonly done: (reason: string | null) => void;
}

const REASON_CHARACTERS = 400;

/** Asks why, before something is done that people are told of. `done(null)`: it is not done. */
export function ReasonDialog({ title, explains, act, done }: ReasonProps) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} aria-labelledby="reason-title" onClose={() => done(null)} data-testid="reason-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          done(String(new FormData(event.currentTarget).get("reason")).trim());
        }}
      >
        <h2 id="reason-title">{title}</h2>
        <p>{explains}</p>
        <p class="field">
          <label for="reason">Reason</label>
          <textarea id="reason" name="reason" rows={3} required minLength={3} maxLength={REASON_CHARACTERS} />
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
