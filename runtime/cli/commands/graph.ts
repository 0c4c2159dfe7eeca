// dinc graph SPEC: draws the network of the spec as SVG, mermaid or JSON.

import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { type DrawingFormat, draw } from "../../../compiler/tools/views/draw.ts";
import { readSpec, wanting } from "../../driver/read-spec.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import { modelOptions, type SpecOptions, specAt } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";

export interface GraphOptions extends SpecOptions {
  readonly format: DrawingFormat;
  /** The default and `-` mean standard output. */
  readonly out?: string;
}

export async function graph(
  path: string,
  { format, out, ...wanted }: GraphOptions,
  terminal: Terminal,
): Promise<number> {
  const spec = await readSpec(await specAt(path));
  const { value: text, diagnostics } = draw(spec.file, format, wanting(spec, modelOptions(wanted)));
  if (text === null) throw new DiagnosticError(diagnostics);
  printDiagnostics(diagnostics, terminal);
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
