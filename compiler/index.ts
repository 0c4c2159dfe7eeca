// The public API of the compiler's core: pure, text in, values and diagnostics out.

export { InternalError } from "./common/internal-error.ts";
export type { Position, SourceFile, Span } from "./common/source-file.ts";
export { positionAt, sourceFile } from "./common/source-file.ts";
export type { Checked, Diagnostic, Fix, Place, Related, Severity } from "./diagnostics/diagnostic.ts";
export { DiagnosticError, hasErrors } from "./diagnostics/diagnostic.ts";
export { renderConcise } from "./diagnostics/render/concise.ts";
export { renderJson } from "./diagnostics/render/json.ts";
export { renderPretty } from "./diagnostics/render/pretty.ts";
export { type Analysis, analyse, check, checkSpec } from "./frontend/check/check.ts";
export { lower } from "./frontend/check/lower.ts";
export { tablesOf } from "./frontend/kinds/model-queries.ts";
export type { Feature, Fitted, History, Label, Model } from "./frontend/model/model.ts";
export { parse } from "./frontend/syntax/parse.ts";
export type { Graph, Node, Parameter } from "./middle/graph/graph.ts";
export type { TensorType } from "./middle/graph/types.ts";
export type { TrainSettings } from "./middle/training/settings.ts";
export { type Cost, costOf, type Flops, type RequestSize } from "./tools/cost/cost.ts";
export { lint } from "./tools/lint/lint.ts";
export { type Drawing, type DrawnEdge, type DrawnNode, drawingOf } from "./tools/views/drawing.ts";
export { mermaidOf } from "./tools/views/mermaid.ts";
export { svgOf } from "./tools/views/svg.ts";
export { type TypedBinding, typesOf } from "./tools/views/types.ts";
