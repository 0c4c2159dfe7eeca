// `dinc`: the language as a library. Pure: a text goes in, a value and diagnostics come out; nothing is read from a disk,
// nothing is printed, and the same text gives the same answer. It runs in browsers too. `dinc/node` trains and compiles.

export { type Analysis, analyse, type CheckOptions, check } from "./check.ts";
export {
  type Cost,
  type CostOptions,
  cost,
  type Flops,
  type ParameterCost,
  type RequestSize,
  type TableCost,
} from "./cost/cost.ts";
export type {
  Checked,
  DataPlace,
  Diagnostic,
  Fix,
  Place,
  Related,
  Severity,
} from "./diagnostics/diagnostic.ts";
export { DiagnosticError, hasErrors } from "./diagnostics/diagnostic.ts";
export { type Format, type RenderOptions, render } from "./diagnostics/render/render.ts";
export { format } from "./fmt/format.ts";
export type { Graph, Node, Parameter } from "./graph/graph.ts";
export { printGraph } from "./graph/print.ts";
export type { TensorType } from "./graph/types.ts";
export { InternalError } from "./internal-error.ts";
export { lint } from "./lint/lint.ts";
export { lower } from "./lower/lower.ts";
export type { ParamData } from "./model/assembly.ts";
export type { Feature, Fitted, History, Label, Model } from "./model/model.ts";
export { parse } from "./parse.ts";
export type { WantedVariant } from "./reuse/examine.ts";
export type { ParamOverride, Params } from "./reuse/params.ts";
export type { Position, SourceFile, Span } from "./source/source-file.ts";
export { positionAt, sourceFile } from "./source/source-file.ts";
export type { TrainSettings } from "./training/settings.ts";
export { type DrawingFormat, draw } from "./views/draw.ts";
export { type Explanation, explain } from "./views/explain.ts";
export { type BindingKind, type TypedBinding, types } from "./views/types.ts";
