// dinc graph SPEC: draws the network at the level of the spec, as SVG, mermaid or JSON.

import { unreachable } from "../../../compiler/common/internal-error.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { rangeOf } from "../../../compiler/diagnostics/render/json.ts";
import { analyse } from "../../../compiler/frontend/check/check.ts";
import { type Drawing, drawingOf } from "../../../compiler/tools/views/drawing.ts";
import { mermaidOf } from "../../../compiler/tools/views/mermaid.ts";
import { svgOf } from "../../../compiler/tools/views/svg.ts";
import { exitCodes } from "../exit-codes.ts";
import { type ReuseOptions, readSpec, wanting } from "../read-spec.ts";
import { sayDiagnostics } from "../say-diagnostics.ts";
import type { Terminal } from "../terminal.ts";

export type DrawingFormat = "svg" | "mermaid" | "json";

export interface GraphOptions extends ReuseOptions {
  readonly format: DrawingFormat;
  /** Standard output where it is left out or `-`. */
  readonly out?: string;
}

export async function graph(
  path: string,
  { format, out, ...reuse }: GraphOptions,
  terminal: Terminal,
): Promise<number> {
  const spec = wanting(await readSpec(path), reuse);
  const analysis = analyse(spec.file, spec.options);
  if (analysis.value === null) throw new DiagnosticError(analysis.diagnostics);
  sayDiagnostics(analysis.diagnostics, terminal);
  const text = draw(drawingOf(analysis.value, analysis), format);
  if (out === undefined || out === "-") terminal.out(text);
  else {
    const [{ writeAtomically }, { unwritable }] = await Promise.all([
      import("../../files/atomic.ts"),
      import("../../files/unwritable.ts"),
    ]);
    await writeAtomically(out, text).catch((error: unknown) => {
      throw unwritable(out, error);
    });
  }
  return exitCodes.clean;
}

function draw(drawing: Drawing, format: DrawingFormat): string {
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

/** `version` changes where a field changes its meaning; fields may be added within one. */
function json({ nodes, ...drawing }: Drawing): string {
  const shown = nodes.map(({ span, ...node }) => ({ ...node, file: span.file.path, range: rangeOf(span) }));
  return `${JSON.stringify({ version: 1, ...drawing, nodes: shown }, null, 2)}\n`;
}
