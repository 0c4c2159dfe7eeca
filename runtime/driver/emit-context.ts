// The functions of this machine that targets need.

import { readFile } from "node:fs/promises";
import type { EmitContext } from "../../compiler/backends/contract/emitted.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { serverFile } from "../files/package-root.ts";

export function emitContext(version: string, seed: number): EmitContext {
  return {
    version,
    seed,
    graphHash,
    specText,
    serverText: () => readFile(serverFile(), "utf8"),
    load: (javascript) =>
      import(`data:text/javascript;base64,${Buffer.from(javascript, "utf8").toString("base64")}`),
  };
}
