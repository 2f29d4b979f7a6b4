import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure, Submit, useSubmit } from "../shared/form";
import { useRead, Waiting } from "../shared/reading";
import type { Desk } from "./desk";
import { Choose, Tick, Whole, type Wrong } from "./fields";
import {
  checkLevel,
  PHOTOGRAPHED,
  type Level,
  type Policy,
  type PolicyShown,
  restsOn,
  sayForCandidate,
  signalLevel,
  type Weight,
  weightOf,
  withCheck,
  withPhoto,
  withSignal,
  withWeight,
} from "./policy";

const SIGNAL_LEVELS: readonly (readonly [Level, string])[] = [
  ["off", "Not used"],
  ["optional", "Asked; may say no"],
  ["required", "Needed to sit it"],
];
const CHECK_LEVELS: readonly (readonly [Level, string])[] = [
  ["off", "Not checked"],
  ["optional", "Checked; only advises"],
  ["required", "Must be good enough"],
];
const WEIGHTS: readonly (readonly [Weight, string])[] = [
  ["off", "Not collected"],
  ["noted", "Kept, not shown live"],
  ["claim", "A hint to proctors"],
  ["counts", "Counts once confirmed"],
];
const NO_FLAW: Wrong = () => undefined;
const DAYS_MOST = 5 * 366;
const HOURS_MOST = 24 * 366;

/** What this delivery asks of its candidates, in the words that they will read, beside what is usual. */
export function PolicyPart({ desk, deliveryId }: { desk: Desk; deliveryId: string }) {
  const path = `/proctoring/policies/${encodeURIComponent(deliveryId)}`;
  const read = useRead<PolicyShown>(desk, path);
  return (
    <section class="policy" aria-labelledby="policy-title">
      <h2 id="policy-title" data-testid="policy">
        What is asked of candidates
      </h2>
      <Waiting read={read} />
      {read.value === null ? null : <PolicyForm desk={desk} path={path} shown={read.value} saved={read.put} again={read.again} />}
    </section>
  );
}

function PolicyForm(props: { desk: Desk; path: string; shown: PolicyShown; saved: (shown: PolicyShown) => void; again: () => void }) {
  const { desk, path, shown, saved } = props;
  const [policy, setPolicy] = useState<Policy>(shown.policy);
  const [told, setTold] = useState("");
  const saving = useSubmit(
    () => desk.ask<PolicyShown>("PUT", path, policy, shown.rev),
    (reply) => {
      saved(reply);
      setPolicy(reply.policy);
      setTold("Saved. It holds for those who come from now on; whoever has begun keeps what they were told.");
    },
  );
  const isChanged = JSON.stringify(policy) !== JSON.stringify(shown.policy);
  useEffect(() => {
    if (isChanged) setTold("");
  }, [isChanged]);
  const usual = shown.usual;
  return (
    <form class="form panel" onSubmit={saving.onSubmit} data-testid="policy-form">
      <p class="hint" data-testid="policy-state">
        {shown.is_own ? "This delivery has settings of its own." : "Nobody has changed anything here: candidates are asked what is usual."}{" "}
        {shown.needs_admission
          ? "A proctor lets each candidate in; the exam itself says so."
          : "Candidates begin without a proctor's letting them in; the exam itself says so."}
      </p>
      <div class="report">
        <strong>What it means for a candidate</strong>
        <ul data-testid="policy-meaning">
          {sayForCandidate(shown, policy).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </div>
      <Fold title="What they are asked to agree to" testid="policy-signals">
        {shown.signals.map((one) => {
          const ground = restsOn(one.signal);
          const isBare = ground !== null && !policy.asked.includes(ground);
          return (
            <div key={one.signal}>
              <Choose
                path={`policy-${one.signal}`}
                label={one.title}
                wrong={NO_FLAW}
                hint={one.what}
                value={signalLevel(policy, one.signal)}
                options={isBare ? SIGNAL_LEVELS.slice(0, 1) : named(SIGNAL_LEVELS, signalLevel(usual, one.signal))}
                change={(level) => setPolicy(withSignal(policy, shown.signals, one.signal, level))}
              />
              <p class="hint">
                <strong>Without it:</strong> {one.without}
              </p>
            </div>
          );
        })}
      </Fold>
      {policy.asked.includes("photos") ? (
        <fieldset class="rows" data-testid="policy-photos">
          <legend>What is photographed before the exam</legend>
          {PHOTOGRAPHED.map((kind) => (
            <Tick
              key={kind}
              path={`policy-photo-${kind}`}
              label={kind === "face" ? "The candidate" : "An identity document, which proctors alone see"}
              wrong={NO_FLAW}
              value={policy.photos.includes(kind)}
              change={(isTaken) => setPolicy(withPhoto(policy, kind, isTaken))}
            />
          ))}
        </fieldset>
      ) : null}
      {policy.asked.includes("photos") || policy.allows_room_scan ? (
        <Whole
          path="policy-photo-hours"
          label="Hours until photographs are deleted"
          wrong={NO_FLAW}
          hint={`Counted from the end; ${usual.photo_hours} is usual. A review that goes on is waited for.`}
          value={policy.photo_hours}
          least={0}
          most={HOURS_MOST}
          change={(hours) => setPolicy({ ...policy, photo_hours: Math.round(hours) })}
        />
      ) : null}
      <Fold title="What is checked before" testid="policy-checks">
        {shown.checks.map((one) => (
          <Choose
            key={one.name}
            path={`policy-check-${one.name}`}
            label={one.title}
            wrong={NO_FLAW}
            value={checkLevel(policy, one.name)}
            options={named(CHECK_LEVELS, checkLevel(usual, one.name))}
            change={(level) => setPolicy(withCheck(policy, shown.checks, one.name, level))}
          />
        ))}
      </Fold>
      {policy.asked.includes("browser") ? (
        <Fold
          title="What of their browser counts"
          testid="policy-claims"
          hint="A browser can be made to say anything. What counts does so only once something else says the same at the same time; the others have nothing that could."
        >
          {shown.claims.map((one) => (
            <Choose
              key={one.kind}
              path={`policy-claim-${one.kind}`}
              label={one.words}
              wrong={NO_FLAW}
              value={weightOf(policy, one.kind)}
              options={named(one.can_count ? WEIGHTS : WEIGHTS.filter(([weight]) => weight !== "counts"), weightOf(usual, one.kind))}
              change={(weight) => setPolicy(withWeight(policy, one.kind, weight))}
            />
          ))}
        </Fold>
      ) : null}
      <Whole
        path="policy-evidence-days"
        label="Days until what was kept of their looks is destroyed"
        wrong={NO_FLAW}
        hint={`Counted from the end; ${usual.evidence_days} is usual. A review or an appeal that goes on is waited for.`}
        value={policy.evidence_days}
        least={1}
        most={DAYS_MOST}
        change={(days) => setPolicy({ ...policy, evidence_days: Math.round(days) })}
      />
      <Failure problem={saving.problem} />
      {saving.problem?.type !== "precondition-failed" ? null : (
        <p class="told">
          Somebody else saved other settings meanwhile.{" "}
          <button type="button" class="small" onClick={props.again} data-testid="read-policy">
            Read theirs
          </button>{" "}
          Yours stay here until you save them in their place, or undo them.
        </p>
      )}
      <p class="acts">
        <Submit busy={saving.busy} testid="save-policy">
          Save
        </Submit>
        <button type="button" onClick={() => setPolicy(usual)} data-testid="usual-policy">
          Put in what is usual
        </button>
        {isChanged ? (
          <button type="button" onClick={() => setPolicy(shown.policy)}>
            Undo
          </button>
        ) : null}
      </p>
      <p role="status" data-testid="policy-told">
        {isChanged ? "Not saved yet." : told}
      </p>
    </form>
  );
}

function Fold({ title, testid, hint, children }: { title: string; testid: string; hint?: string; children: ComponentChildren }) {
  return (
    <details data-testid={testid}>
      <summary>{title}</summary>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      <div class="inner pair">{children}</div>
    </details>
  );
}

/** The choices, with the usual one named so. */
function named<T extends string>(options: readonly (readonly [T, string])[], usual: T): readonly (readonly [T, string])[] {
  return options.map(([value, words]) => [value, value === usual ? `${words} (usual)` : words] as const);
}
