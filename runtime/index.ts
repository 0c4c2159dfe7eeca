// `dinc/node`: data, training and serving as a library. Everything that `dinc` has, and what needs a disk,
// DuckDB and TensorFlow. It prints nothing, reads no arguments of the process and listens to no signals:
// options go in; values, events and errors come out. A mistake in a spec, data or a run is thrown as
// DiagnosticError.

export type {
  AppendCost,
  Compacted,
  CompiledModel,
  Fast,
  GeneratedFile,
  GeneratedFiles,
} from "../compiler/backends/contract/emitted.ts";
export type { Period } from "../compiler/common/calendar.ts";
export { UsageError } from "../compiler/common/usage-error.ts";
export type { ComparedColumn } from "../compiler/data/profile.ts";
export * from "../compiler/index.ts";
export type { CalibrationMethod, Curve } from "../compiler/middle/calibration/curve.ts";
export type { CalibrationMeasures, Totals } from "../compiler/middle/calibration/measures.ts";
export type { EarlyStopped } from "../compiler/train/early-stop.ts";
export type { ProgressEvent } from "../compiler/train/epochs.ts";
export type {
  Continuation,
  ContinuedOptimizer,
  ContinuedTable,
  ContinuedTransform,
  ContinuedWeights,
} from "../compiler/train/from/continuation.ts";
export type { Eviction, FromOptions, NewIds } from "../compiler/train/from/earlier.ts";
export type { Renames } from "../compiler/train/from/renaming.ts";
export type { MetricDifference } from "../compiler/train/metrics/differences.ts";
export type { PairedDifference } from "../compiler/train/metrics/paired.ts";
export type { Evaluation, EvaluationProgress, Split } from "../compiler/train/score.ts";
export type { EpochResult, TrainingPosition } from "../compiler/train/state.ts";
export type { StepProgress } from "../compiler/train/trainer.ts";
export type { LeftOut } from "./data/tables.ts";
export { type Ablated, type AblatedPart, type AblateOptions, ablate } from "./driver/ablate.ts";
export {
  type Calibrated,
  type CalibratedPrediction,
  type CalibrateOptions,
  calibrate,
  uncalibrate,
} from "./driver/calibrate.ts";
export type { CheckpointOptions } from "./driver/checkpointing.ts";
export {
  type ComparedRuns,
  type CompareOptions,
  compareRuns,
  type NoiseComparison,
  type NoisyDifference,
} from "./driver/compare.ts";
export {
  type CompileOptions,
  compile,
  type Untrained,
} from "./driver/compile.ts";
export { doctor, type Fact } from "./driver/doctor-facts.ts";
export {
  type TrainEachOptions,
  type TrainedPeriods,
  trainEach,
} from "./driver/each.ts";
export { type Evaluated, type EvaluateOptions, evaluate } from "./driver/evaluate.ts";
export {
  type DataSummary,
  type DriverEvent,
  type KeptCheckpoint,
  Stopped,
  type Watch,
} from "./driver/events.ts";
export { type ExplainedContinuation, explainFrom } from "./driver/explain-from.ts";
export {
  type ExportEmbeddingsOptions,
  type ExportedEmbeddings,
  exportEmbeddings,
} from "./driver/export-embeddings.ts";
export { type ExportedItems, type ExportItemsOptions, exportItems } from "./driver/export-items.ts";
export {
  type FoldedTraining,
  type FoldMean,
  type FoldMetrics,
  type TrainedFold,
  type TrainFoldsOptions,
  trainFolds,
} from "./driver/folds.ts";
export type { ContinueOptions } from "./driver/from.ts";
export { type ImportedRun, type ImportOptions, importRun } from "./driver/import.ts";
export {
  type ImportCheckpointOptions,
  type ImportedCheckpoint,
  importCheckpoint,
  type ScoreComparison,
} from "./driver/import-checkpoint.ts";
export {
  type Importance,
  type ImportanceOptions,
  importance,
  type PartImportance,
  type PredictionImportance,
  type Verdict,
} from "./driver/importance.ts";
export { type Draft, type InitOptions, init } from "./driver/init.ts";
export {
  type ListedRun,
  type ListedRuns,
  type ListOptions,
  listRuns,
  type RunValue,
} from "./driver/list-runs.ts";
export { type PairedTest, type PairedTestOptions, pairedTest } from "./driver/paired-test.ts";
export { type PlanRowsOptions, planRows, type SealRowsOptions, sealRows } from "./driver/plan-rows.ts";
export {
  type Predictions,
  type PredictOptions,
  predict,
  predictTo,
  type WriteText,
} from "./driver/predict.ts";
export { Prepared, prepare } from "./driver/prepare.ts";
export { type PreparedRows, type PrepareToOptions, prepareTo } from "./driver/prepare-to.ts";
export { type ModelOptions, type ModelSource, readModel } from "./driver/read-spec.ts";
export type { RowsOptions } from "./driver/rows.ts";
export type { NoiseMetrics, SeedNoise } from "./driver/seed-noise.ts";
export {
  type SeededTraining,
  type SeedMetrics,
  type TrainedSeed,
  type TrainSeedsOptions,
  trainSeeds,
} from "./driver/seeds.ts";
export type { Serving } from "./driver/serving.ts";
export type { SeedSpread } from "./driver/spread.ts";
export {
  type DataTest,
  type TestDataOptions,
  testData,
} from "./driver/test-data.ts";
export { type StatsTest, type TestStatsOptions, testStats } from "./driver/test-stats.ts";
export { resume, train } from "./driver/train.ts";
export type { RunOptions, TrainedRun, TrainOptions } from "./driver/train-run.ts";
export type { TrainedPeriod } from "./driver/trained-period.ts";
export type { PrepareOptions } from "./driver/training-request.ts";
export {
  type AppliedWeights,
  type ApplyPatchesOptions,
  applyPatches,
  type DiffedWeights,
  type DiffWeightsOptions,
  diffWeights,
} from "./driver/weights.ts";
export type { Kinship, RunComparison } from "./run/compare-runs.ts";
export { type OpenRun, openRun } from "./run/open-run.ts";
export type { ChainLink, FromRecord, Run } from "./run/run-folder.ts";
export type { RunSummary, SplitMetrics } from "./run/run-summary.ts";
export type { ReadVectors } from "./train/vectors.ts";
export type { StudyLine } from "./tune/study.ts";
export type { StudyNoise, StudyPlan, TunedStudy } from "./tune/study-plan.ts";
export type { TrialResult } from "./tune/trial.ts";
export {
  type StudyProgress,
  type TuneEvent,
  type TuneOptions,
  tune,
} from "./tune/tune.ts";
