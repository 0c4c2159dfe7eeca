// The functions of this machine that targets need.

import { readFile } from "node:fs/promises";
import type { EmitContext, TrainingFacts } from "../../compiler/backends/contract/emitted.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { serverFile } from "../files/package-root.ts";

/** `training` is null for random weights. */
export function emitContext(
  version: string,
  seed: number,
  training: TrainingFacts | null = null,
): EmitContext {
  return {
    ...(training === null ? {} : { training }),
    version,
    seed,
    graphHash,
    specText,
    serverText: () => readFile(serverFile(), "utf8"),
    load: (javascript) =>
      import(`data:text/javascript;base64,${Buffer.from(javascript, "utf8").toString("base64")}`),
  };
}
