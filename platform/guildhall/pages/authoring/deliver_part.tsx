import { Failure, Field, Submit, useSubmit } from "../shared/form";
import type { DeliveryShown, ExamShown } from "./authored";
import type { Desk } from "./desk";
import { atLocal, readLocal } from "./moments";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Gives the newest published version to people, within a window. */
export function DeliverPart({ desk, exam }: { desk: Desk; exam: ExamShown }) {
  const version = exam.versions.at(-1);
  const making = useSubmit(
    (entered) =>
      desk.ask<DeliveryShown>("POST", "/deliveries", {
        exam_version_id: version,
        title: entered.text("delivery-title"),
        opens_at_ms: readLocal(entered.text("opens")),
        closes_at_ms: readLocal(entered.text("closes")),
        attempts_allowed: Math.max(1, Number(entered.text("attempts")) || 1),
        is_practice: entered.text("practice") === "on",
      }),
    (delivery) => location.assign(`#/deliveries/${delivery.delivery_id}`),
  );
  if (version === undefined || exam.state !== "published") {
    return <p class="hint">Publish it to deliver it to people.</p>;
  }
  const now = Date.now();
  return (
    <section class="panel" aria-label="Deliver this exam">
      <h2>Deliver it</h2>
      <form class="form" onSubmit={making.onSubmit}>
        <Failure problem={making.problem} />
        <Field name="delivery-title" label="Title, as candidates read it" autocomplete="off" value={exam.plan.title} problem={making.problem} />
        <div class="pair">
          <p class="field">
            <label for="opens">Opens</label>
            <input id="opens" name="opens" type="datetime-local" required defaultValue={atLocal(now)} />
          </p>
          <p class="field">
            <label for="closes">Closes</label>
            <input id="closes" name="closes" type="datetime-local" required defaultValue={atLocal(now + WEEK_MS)} />
            {making.problem?.fields?.closes_at_ms === undefined ? null : <span class="wrong">This {making.problem.fields.closes_at_ms}.</span>}
          </p>
        </div>
        <div class="pair">
          <p class="field">
            <label for="attempts">Attempts for each</label>
            <input id="attempts" name="attempts" type="number" min={1} max={20} defaultValue="1" />
          </p>
          <p class="field row">
            <label class="tick">
              <input type="checkbox" name="practice" /> A practice run: it counts for nothing
            </label>
          </p>
        </div>
        <Submit busy={making.busy} testid="deliver">
          Make the delivery
        </Submit>
      </form>
    </section>
  );
}
