import type { Api } from "../shared/api";
import { Failure, Submit, useSubmit } from "../shared/form";
import type { Applicant } from "../shared/hiring_told";
import { Labelled } from "../shared/labelled";
import { useModal } from "../shared/use_modal";

const WORDS_CHARACTERS = 400;

interface DialogProps {
  readonly api: Api;
  /** A POST there decides about the applicant. */
  readonly path: string;
  readonly name: string;
  readonly changed: (now: Applicant) => void;
  readonly close: () => void;
}

/** An invitation to an interview: when, in the client's own time, and what about. It stays open until it was taken. */
export function InterviewDialog({ api, path, name, changed, close }: DialogProps) {
  const dialog = useModal();
  const form = useSubmit<Applicant>((entered) => {
    const at = Date.parse(entered.text("at_ms"));
    return api.ask<Applicant>("POST", path, { decision: "interview", text: entered.text("text"), at_ms: Number.isNaN(at) ? 0 : at });
  }, (now) => {
    changed(now);
    dialog.current?.close();
  });
  return (
    <dialog ref={dialog} aria-labelledby="interview-title" onClose={close} data-testid="interview-dialog">
      <form class="form" onSubmit={form.onSubmit}>
        <h2 id="interview-title">Talk with {name}</h2>
        <p>They are told, and the two of you can write to each other here.</p>
        <Labelled name="at_ms" label="When" hint="In your own time. Leave it empty to agree on one in writing." problem={form.problem}>
          {(tied) => <input {...tied} type="datetime-local" />}
        </Labelled>
        <Labelled name="text" label="A word with it" problem={form.problem}>
          {(tied) => <textarea {...tied} rows={3} maxLength={WORDS_CHARACTERS} />}
        </Labelled>
        <Failure problem={form.problem} />
        <p class="choices">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <Submit busy={form.busy} testid="send-invitation">
            Invite
          </Submit>
        </p>
      </form>
    </dialog>
  );
}
