// The models of examples/zoo, compiled with random weights.

import { basename } from "node:path";
import { specFiles } from "../../support/spec-files.ts";

/** Names and texts. */
export const zoo: readonly (readonly [name: string, spec: string])[] = specFiles("examples/zoo").map(
  ([path, text]) => [basename(path, ".din"), text],
);
