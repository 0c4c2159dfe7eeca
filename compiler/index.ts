// `dinc`: the language as a library. Pure: a text goes in, a value and diagnostics come out. It reads nothing
// from a disk and prints nothing, and the same text gives the same result. It also runs in browsers.
// `dinc/node` trains and compiles.

export { InternalError } from "./common/internal-error.ts";
export type { Position, SourceFile, Span } from "./common/source-file.ts";
export { positionAt, sourceFile } from "./common/source-file.ts";
export type {
  Checked,
  DataLocation,
  Diagnostic,
  Fix,
  Location,
  Related,
  Severity,
} from "./diagnostics/diagnostic.ts";
export { DiagnosticError, hasErrors } from "./diagnostics/diagnostic.ts";
export { type Format, type RenderOptions, render } from "./diagnostics/render/render.ts";
export { type Analysis, analyse, type CheckOptions, check } from "./frontend/check/check.ts";
export { lower } from "./frontend/check/lower.ts";
export type { ParamData } from "./frontend/model/assembly.ts";
export type { Feature, Fitted, History, Label, Model } from "./frontend/model/model.ts";
export type { WantedVariant } from "./frontend/modules/check-program.ts";
export type { ParamOverride, Params } from "./frontend/modules/params.ts";
export { parse } from "./frontend/syntax/parse.ts";
export { printGraph } from "./middle/builder/print.ts";
export type { Graph, Node, Parameter } from "./middle/graph/graph.ts";
export type { TensorType } from "./middle/graph/types.ts";
export type { TrainSettings } from "./middle/training/settings.ts";
export {
  type Cost,
  type CostOptions,
  cost,
  type Flops,
  type ParameterCost,
  type TableCost,
} from "./tools/cost/cost.ts";
export type { RequestSize } from "./tools/cost/default-request.ts";
export { type Explanation, explain } from "./tools/explain/explain.ts";
export { format } from "./tools/fmt/format.ts";
export { lint } from "./tools/lint/lint.ts";
export { type DrawingFormat, draw } from "./tools/views/draw.ts";
export { type BindingKind, type TypedBinding, types } from "./tools/views/types.ts";
