// The network of a spec as a picture, or as data for other tools to draw.

import { unreachable } from "../../common/internal-error.ts";
import type { SourceFile } from "../../common/source-file.ts";
import type { Checked } from "../../diagnostics/diagnostic.ts";
import { rangeOf } from "../../diagnostics/render/json.ts";
import { analyse, type CheckOptions } from "../../frontend/check/check.ts";
import { type Drawing, drawingOf } from "./drawing.ts";
import { mermaidOf } from "./mermaid.ts";
import { svgOf } from "./svg.ts";

export type DrawingFormat = "svg" | "mermaid" | "json";

/**
 * Draws the network of one model, coloured by when each value is known; the value is null if the spec has
 * errors.
 */
export function draw(
  file: SourceFile,
  format: DrawingFormat,
  options: CheckOptions = {},
): Checked<string | null> {
  const analysis = analyse(file, options);
  const { value: model, diagnostics } = analysis;
  return { value: model === null ? null : drawn(drawingOf(model, analysis), format), diagnostics };
}

function drawn(drawing: Drawing, format: DrawingFormat): string {
  switch (format) {
    case "svg":
      return svgOf(drawing);
    case "mermaid":
      return mermaidOf(drawing);
    case "json":
      return json(drawing);
    default:
      return unreachable(format, "format");
  }
}

/** `version` changes if a field changes its meaning; a version may gain fields. */
function json({ nodes, ...drawing }: Drawing): string {
  const shown = nodes.map(({ span, ...node }) => ({ ...node, file: span.file.path, range: rangeOf(span) }));
  return `${JSON.stringify({ version: 1, ...drawing, nodes: shown }, null, 2)}\n`;
}
