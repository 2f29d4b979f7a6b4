import { useEffect, useState } from "preact/hooks";
import type { Api } from "../shared/api";
import { Failure } from "../shared/form";
import type { Problem } from "../shared/messages";
import type { AnalysisShown, ResultsListed } from "../shared/results_told";
import { saveBlob } from "../shared/save_file";
import { ExamFigures, ItemFigures } from "./analysis";
import { Table } from "./table";

/** One delivery: figures first, then everybody. */
export function DeliveryPart({ api, deliveryId }: { api: Api; deliveryId: string }) {
  const [results, setResults] = useState<ResultsListed | null>(null);
  const [analysis, setAnalysis] = useState<AnalysisShown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const path = `/v1/deliveries/${encodeURIComponent(deliveryId)}`;

  const read = async (): Promise<void> => {
    const [listed, analysed] = await Promise.all([
      api.ask<ResultsListed>("GET", `${path}/results`),
      api.ask<AnalysisShown>("GET", `${path}/analysis`),
    ]);
    if ("reply" in listed) setResults(listed.reply);
    if ("reply" in analysed) setAnalysis(analysed.reply);
    setProblem("problem" in listed ? listed.problem : null);
  };
  useEffect(() => void read(), []);

  const releaseAll = async (): Promise<void> => {
    const answer = await api.ask<{ released: number }>("POST", `${path}/results/release`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) setTold(`${answer.reply.released} released. Candidates are told by mail.`);
    await read();
  };
  const exportTable = async (): Promise<void> => {
    const answer = await api.askBlob(`${path}/results.csv`);
    setProblem("problem" in answer ? answer.problem : null);
    if ("reply" in answer) saveBlob(`${results?.title ?? "results"}.csv`, answer.reply);
  };

  if (results === null) {
    return (
      <>
        <p>
          <a href="#">All exams</a>
        </p>
        {problem === null ? <p role="status">Opening the results…</p> : <Failure problem={problem} />}
      </>
    );
  }
  const waiting = results.items.filter((each) => each.state === "marked").length;
  return (
    <>
      <p>
        <a href="#">All exams</a>
      </p>
      <section class="head" aria-labelledby="delivery-title">
        <div>
          <h2 id="delivery-title">{results.title}</h2>
          <p class="hint">
            {results.exam_title}. The bar is {results.pass_percent} %.
          </p>
        </div>
        <p class="acts">
          {waiting === 0 || !results.may_release ? null : (
            <button type="button" class="primary" onClick={() => void releaseAll()} data-testid="release-all">
              Release {waiting} marked
            </button>
          )}
          {results.items.length === 0 ? null : (
            <button type="button" onClick={() => void exportTable()}>
              Save as a table
            </button>
          )}
        </p>
      </section>
      <Failure problem={problem} />
      <p class={told === null ? "unseen" : "told"} role="status">
        {told}
      </p>
      {results.items.length === 0 ? (
        <p class="nothing">Nobody has handed in yet. Results and figures appear here as people do.</p>
      ) : (
        <>
          {analysis === null ? <p role="status">Computing the figures…</p> : null}
          {analysis === null || analysis.n === 0 ? null : <ExamFigures analysis={analysis} passPercent={results.pass_percent} />}
          <Table api={api} deliveryId={deliveryId} results={results.items} changed={() => void read()} />
          {analysis === null || analysis.n === 0 ? null : <ItemFigures api={api} analysis={analysis} canCorrect={results.may_release} changed={() => void read()} />}
        </>
      )}
    </>
  );
}
