import { useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import { ReasonDialog } from "../shared/reason_dialog";
import type { ResultListed } from "../shared/results_told";

interface ActsProps {
  readonly api: Api;
  readonly result: ResultListed;
  readonly changed: () => void;
  /** Where the whole of a result is shown; in a list of many the end of a credential is too near to a slip. */
  readonly canRevoke?: boolean;
}

type Asking = "withhold" | "revoke";

/** What may be done with one result, as the server says; whatever the candidate is told of asks for its reason. */
export function ResultActs({ api, result, changed, canRevoke = false }: ActsProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const name = result.candidate_name;

  const act = async (path: string, body?: object): Promise<void> => {
    const answer = await api.ask("POST", `/v1/${path}`, body);
    setProblem("problem" in answer ? answer.problem : null);
    changed();
  };
  const own = `results/${encodeURIComponent(result.result_id)}`;
  const path = asking === "revoke" ? `credentials/${encodeURIComponent(result.credential_id)}/revocation` : `${own}/withhold`;
  return (
    <>
      {result.actions.includes("release") ? (
        <button type="button" onClick={() => void act(`${own}/release`)} aria-label={`Release the result of ${name}`}>
          Release
        </button>
      ) : null}
      {result.actions.includes("withhold") ? (
        <button type="button" class="quiet" onClick={() => setAsking("withhold")} aria-label={`Withhold the result of ${name}`}>
          Withhold…
        </button>
      ) : null}
      {canRevoke && result.actions.includes("revoke") ? (
        <button type="button" class="quiet" onClick={() => setAsking("revoke")} data-testid="revoke">
          Revoke the credential…
        </button>
      ) : null}
      <Failure problem={problem} />
      {asking === null ? null : (
        <ReasonDialog
          {...(asking === "revoke"
            ? {
                title: `Revoke the credential of ${name}`,
                explains:
                  "Whoever checks it sees from now on that it is revoked, for good. The result stays as it is. They are told your reason by mail.",
                act: "Revoke it",
              }
            : {
                title: `Withhold the result of ${name}`,
                explains: "They no longer see it, a credential that came with it ends, and they are told your reason by mail.",
                act: "Withhold it",
              })}
          done={(reason) => {
            setAsking(null);
            if (reason !== null) void act(path, { reason });
          }}
        />
      )}
    </>
  );
}
