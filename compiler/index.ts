// The public API of the compiler's core: pure, text in, values and diagnostics out.

export { type Analysis, analyse, check, checkSpec } from "./check.ts";
export { type Cost, costOf, type Flops, type RequestSize } from "./cost/cost.ts";
export type { Checked, Diagnostic, Fix, Place, Related, Severity } from "./diagnostics/diagnostic.ts";
export { DiagnosticError, hasErrors } from "./diagnostics/diagnostic.ts";
export { renderConcise } from "./diagnostics/render/concise.ts";
export { renderJson } from "./diagnostics/render/json.ts";
export { renderPretty } from "./diagnostics/render/pretty.ts";
export type { Graph, Node, Parameter } from "./graph/graph.ts";
export type { TensorType } from "./graph/types.ts";
export { InternalError } from "./internal-error.ts";
export { tablesOf } from "./kinds/model-queries.ts";
export { lint } from "./lint/lint.ts";
export { lower } from "./lower/lower.ts";
export type { Feature, Fitted, History, Label, Model } from "./model/model.ts";
export { parse } from "./parse.ts";
export type { Position, SourceFile, Span } from "./source/source-file.ts";
export { positionAt, sourceFile } from "./source/source-file.ts";
export type { TrainSettings } from "./training/settings.ts";
export { type Drawing, type DrawnEdge, type DrawnNode, drawingOf } from "./views/drawing.ts";
export { mermaidOf } from "./views/mermaid.ts";
export { svgOf } from "./views/svg.ts";
export { type TypedBinding, typesOf } from "./views/types.ts";
