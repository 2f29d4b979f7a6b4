import { REASON_WORDS } from "../shared/onboarding";
import { useModal } from "../shared/use_modal";

export interface Why {
  readonly reason_code?: string;
  readonly reason: string;
}

interface WhyProps {
  readonly title: string;
  readonly explains: string;
  readonly act: string;
  readonly hasCode: boolean;
  readonly done: (why: Why | null) => void;
}

/** Asks for a reason: the sort of it, and the words that its agent reads. Escape is a no. */
export function WhyDialog({ title, explains, act, hasCode, done }: WhyProps) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} aria-labelledby="why-title" onClose={() => done(null)} data-testid="why-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const entered = new FormData(event.currentTarget);
          const reason = String(entered.get("reason")).trim();
          done(hasCode ? { reason_code: String(entered.get("reason_code")), reason } : { reason });
        }}
      >
        <h2 id="why-title">{title}</h2>
        <p>{explains}</p>
        {hasCode ? (
          <p class="field">
            <label for="reason_code">It</label>
            <select id="reason_code" name="reason_code">
              {Object.entries(REASON_WORDS).map(([code, words]) => (
                <option key={code} value={code}>
                  {words.toLowerCase()}
                </option>
              ))}
            </select>
          </p>
        ) : null}
        <p class="field">
          <label for="reason">In words</label>
          <textarea id="reason" name="reason" rows={4} required minLength={3} maxLength={1000} />
        </p>
        <p class="choices">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class="primary" data-testid="give-why">
            {act}
          </button>
        </p>
      </form>
    </dialog>
  );
}
