// dinc explain CODE: explains a diagnostic with a bad and a good example, or names the equivalent of another
// tool's word.

import { UsageError } from "../../../compiler/common/usage-error.ts";
import { explain as explanationOf } from "../../../compiler/tools/explain/explain.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export async function explain(code: string, terminal: Terminal): Promise<number> {
  const found = explanationOf(code);
  if (found.kind === "unknown") {
    const hint = found.nearest === null ? "" : `; did you mean ${found.nearest}?`;
    throw new UsageError(`no diagnostic is called ${code}${hint}`);
  }
  terminal.out(found.text);
  return exitCodes.clean;
}
