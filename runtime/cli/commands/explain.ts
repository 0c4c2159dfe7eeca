// dinc explain CODE: explains a diagnostic with a bad and a good example, or names the equivalent of another
// tool's word.

import { shellCommand } from "../../../compiler/common/shell.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { explain as explanationOf } from "../../../compiler/tools/explain/explain.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

function isFileName(word: string): boolean {
  return /\.(?:din|ya?ml)$/.test(word);
}

export async function explain(code: string, terminal: Terminal): Promise<number> {
  const found = explanationOf(code);
  if (found.kind === "unknown") {
    const hint =
      found.nearest === null ? "`dinc explain DIN0201` explains a code" : `did you mean ${found.nearest}?`;
    const checks = isFileName(code) ? shellCommand`; \`dinc check ${code}\` checks a file` : "";
    throw new UsageError(`no diagnostic is called ${code}; ${hint}${checks}`);
  }
  terminal.out(found.text);
  return exitCodes.clean;
}
