// `number`: a number, prepared by a pipe of transforms, that enters the network as itself.

import type { KindOf, NumberKind } from "./define-kind.ts";
import { rejectOptions } from "./options.ts";

export const number: NumberKind<KindOf<"number">> = {
  gives: "number",
  keyword: "number",
  options: [],
  aliases: ["float", "double", "dense", "numeric", "real"],
  // Its transforms stand behind it; `readTransforms` reads them.
  read: (reference, reporter) =>
    rejectOptions(reference, [], reporter) ? { kind: "number", transforms: [] } : null,
  rawType: () => "number",
  rawDoc: ({ transforms }) =>
    transforms[0]?.kind === "log1p" ? "A finite number, not negative." : "A finite number.",
};
