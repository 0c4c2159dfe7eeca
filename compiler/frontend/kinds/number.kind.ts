// `number`: a number, prepared by a pipe of transforms, that enters the network as itself.

import type { FeatureKind, NumberTransform } from "../model/model.ts";
import type { KindOf, NumberKind } from "./define-kind.ts";
import { call, type EmittedValue } from "./made.ts";
import { rejectOptions } from "./options.ts";
import { stepsOf, transformOf } from "./transforms.ts";

export const number: NumberKind<KindOf<"number">> = {
  gives: "number",
  keyword: "number",
  options: [],
  form: "number",
  doc: "A number, changed by the transforms after `|>`. It enters the network as a `Vec[1]`.",
  // `readPipe` reads the transforms after it.
  read: (reference, reporter) =>
    rejectOptions(reference, [], reporter) ? { kind: "number", transforms: [], missing: null } : null,
  numbers: (serve, kind, { transforms }) =>
    new serve.Numbers(stepsOf(serve, kind, transforms), kind.missing ?? undefined),
  code: numbersCode,
  rawType: () => "number",
  rawDoc: numbersDoc,
};

/** Numbers, or buckets of them. */
type Piped = Extract<FeatureKind, { readonly transforms: readonly NumberTransform[] }>;

export function numbersCode({ transforms, missing }: Piped): EmittedValue {
  const steps = transforms.map((transform, place) => transformOf(transform).code(transform, place));
  return call("Numbers", steps, ...(missing === null ? [] : [missing]));
}

export function numbersDoc({ transforms, missing }: Piped): string {
  const numbers = transforms[0]?.kind === "log1p" ? "A finite number, not negative." : "A finite number.";
  return missing === null ? numbers : `${numbers} A missing one counts as ${missing}.`;
}
