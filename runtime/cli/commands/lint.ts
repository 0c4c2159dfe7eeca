// dinc lint FILE…: the findings of `dinc check`, and advice.

import { lint as lintSpec } from "../../../compiler/tools/lint/lint.ts";
import type { Terminal } from "../terminal.ts";
import { type CheckCommandOptions, report } from "./check.ts";

export function lint(
  paths: readonly string[],
  options: CheckCommandOptions,
  terminal: Terminal,
): Promise<number> {
  return report(paths, options, terminal, lintSpec);
}
