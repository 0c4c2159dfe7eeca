// `dinc/train`: training without files and processes. Pure like `dinc`, which it includes, and also for
// browsers: rows in memory go in; events, numbers and a trained model come out. `dinc/node` trains on files.

export type { CompiledModel, GeneratedFile, GeneratedFiles } from "../backends/contract/emitted.ts";
export type { ParameterValues } from "../backends/contract/session.ts";
export type { TrainedModel, TrainedTable } from "../backends/contract/trained-model.ts";
export { takePart, type WebWorker } from "../backends/wasm/training/web-workers.ts";
export { UsageError } from "../common/usage-error.ts";
export type { ReadText } from "../data/listed-values.ts";
export type { Cell, TableRows } from "../data/table-rows.ts";
export * from "../index.ts";
export type { Metric } from "../middle/metrics/registry.ts";
export { type CompileTrainedOptions, compileTrained } from "./compile-trained.ts";
export type { ProgressEvent } from "./epochs.ts";
export type { Evaluation, EvaluationProgress } from "./score.ts";
export type { EpochResult, TrainingPosition } from "./state.ts";
export type { StepProgress } from "./trainer.ts";
export {
  EncodedRows,
  type EvaluateRowsOptions,
  type OpenTrainingOptions,
  openTraining,
  type PageThreads,
  type RunStepsOptions,
  type Scores,
  Training,
  type TrainingEvent,
} from "./training.ts";
