// The file beside a module that applies patches of weights. It is the same for every model, and apart from the module, whose
// size matters where no patch is taken.

import { bundle } from "./bundle.ts";
import { NOT_LINTED, type TwoLanguages } from "./finish-module.ts";
import { importOf, javascript, typescript, written } from "./writer.ts";

const EXPORTED: ReadonlySet<string> = new Set(["patchedWeights"]);
const LEFT_OUT: ReadonlySet<string> = new Set(
  ["parameter", "table", "vocabulary", "common", "usual", "learned"].map((member) => `WeightsFile.${member}`),
);
/** The module beside it exports its errors, which have to be the same class. */
const OF_MODEL = "RankerWeightsError";

export function patchModule(): TwoLanguages {
  const declarations = bundle(EXPORTED, EXPORTED, LEFT_OUT).filter(({ name }) => name !== OF_MODEL);
  const [errors] = importOf("import", [OF_MODEL], "./model.js");
  const head = `${NOT_LINTED}\n// Applies patches of \`dinc weights diff\` to model.weights.bin.\n\n${errors}\n\n`;
  return {
    typescript: `${head}${written(declarations, typescript)}\n`,
    javascript: `${head}${written(declarations, javascript)}\n`,
  };
}
