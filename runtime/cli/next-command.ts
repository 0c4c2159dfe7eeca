// The line after a training: the command that serves the run.

import { shellCommand } from "../../compiler/common/shell.ts";

export function nextCommand(run: string): string {
  return shellCommand`next: dinc compile ${run} --target ts --out ${`${run.replace(/(?<!\/)\/+$/, "")}-ranker`}`;
}
