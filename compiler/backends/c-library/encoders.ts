// The encoders of compiler/serve/c as texts of a generated module, with the table of inputs by which they read its requests.

import type { CInputs } from "./inputs.ts";
import { inputsC, pairsC, wordsC } from "./library.generated.ts";
import { wordTables } from "./words.ts";

/** `inputs.h`: the types of values, requests and errors, which callers of a module need too. */
export { inputsH as encodersHeader } from "./library.generated.ts";

/** The encoders and the table, beside `inputs.h`: a file, or a part of one that defines `DINC_FUNCTION` as static. */
export function encodersCode({ code, hasWords, hasPairs }: CInputs): string {
  const words = ["#include <stdint.h>", ...wordTables(), "#define DINC_HAS_WORDS"];
  return [
    ...(hasWords ? words : []),
    ...(hasPairs ? ["#define DINC_HAS_PAIRS"] : []),
    inputsC
      .replace('#include "words.c"\n', () => (hasWords ? wordsC : ""))
      .replace('#include "pairs.c"\n', () => (hasPairs ? pairsC : "")),
    ...code,
    "",
  ].join("\n");
}
