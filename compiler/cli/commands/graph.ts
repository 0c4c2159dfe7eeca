// dinc graph SPEC: draws the network at the level of the spec, as SVG, mermaid or JSON.

import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { type DrawingFormat, draw } from "../../views/draw.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import { type ReuseOptions, readSpec, wanting } from "../read-spec.ts";
import type { Terminal } from "../terminal.ts";

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
  const { value: text, diagnostics } = draw(spec.file, format, spec.options);
  if (text === null) throw new DiagnosticError(diagnostics);
  printDiagnostics(diagnostics, terminal);
  if (out === undefined || out === "-") terminal.out(text);
  else {
    const [{ writeAtomically }, { unwritable }] = await Promise.all([
      import("../../../runtime/run/atomic.ts"),
      import("../../../runtime/files/unwritable.ts"),
    ]);
    await writeAtomically(out, text).catch((error: unknown) => {
      throw unwritable(out, error);
    });
  }
  return exitCodes.clean;
}
