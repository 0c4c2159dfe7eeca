// What a project in TypeScript does with `dinc/node`: every function, with the types that they give. Without
// data it cannot run as a whole: what needs none is run, and told.

import * as node from "dinc/node";
import {
  type CompiledModel,
  compareRuns,
  compile,
  type Draft,
  type DriverEvent,
  doctor,
  type Evaluated,
  evaluate,
  type Fact,
  init,
  type OpenRun,
  openRun,
  type Predictions,
  type Prepared,
  predict,
  predictTo,
  prepare,
  readModel,
  resume,
  Stopped,
  type TrainedRun,
  train,
  UsageError,
} from "dinc/node";

/** The whole way of a model: a draft, trainings, scores, a module. */
export async function wholeWay(data: string, signal: AbortSignal): Promise<readonly number[]> {
  const losses: number[] = [];
  const onEvent = (event: DriverEvent): void => {
    if (event.kind === "epoch") losses.push(event.epoch.loss);
    else if (event.kind === "checkpoint" && !event.written) throw new Error(event.path);
  };
  const draft: Draft = await init({ data, folder: "draft", force: true });
  const prepared: Prepared = await prepare("draft/model.din", { config: "draft/dinc.yaml", limit: 1000 });
  const first: TrainedRun = await train(prepared, { out: "a", seed: 1, force: true, signal, onEvent });
  const second: TrainedRun | null = await resume(null, {
    config: "draft/dinc.yaml",
    set: ["train.epochs=2"],
    out: "b",
    backend: "wasm",
    checkpointSeconds: 10,
  });
  const run: OpenRun = await openRun(first.folder);
  const evaluated: Evaluated = await evaluate(run, { data, resamples: 0, signal });
  const scores: Predictions[] = [];
  for await (const piece of predict(run, { data })) scores.push(piece);
  const written: number = await predictTo(run, "scores.csv", { config: "draft/dinc.yaml", split: "test" });
  const compiled: CompiledModel = await compile(run, { target: "ts", out: "module", mode: "fast" });
  const { same } = await compareRuns("a", run);
  console.log(draft.spec, second?.kept, evaluated.rows, scores.length, written, compiled.files.size, same);
  return losses;
}

/** How a caller tells a stop from a mistake. */
export function reasonOf(error: unknown): string {
  if (error instanceof Stopped) return `after step ${error.at?.steps}, kept in ${error.checkpoint?.path}`;
  if (error instanceof node.DiagnosticError) return node.render(error.diagnostics, "concise");
  return error instanceof UsageError ? error.message : String(error);
}

const model = await readModel("model.din");
const { files } = await compile({ untrained: "model.din" }, { seed: 1 });
const facts: readonly Fact[] = await doctor();
const missing: string = await openRun("nowhere").then(() => "", reasonOf);
const contradiction = await compile({ untrained: "model.din" }, { target: "onnx", mode: "fast" }).then(
  () => "",
  reasonOf,
);
export const told = JSON.stringify({
  names: Object.keys(node).sort(),
  model: model.name,
  files: [...files.keys()],
  facts: facts.map(({ subject }) => subject),
  missing,
  contradiction,
});
