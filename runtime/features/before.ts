// From what the net sees of a number back to a raw one.

import type { Learned } from "../../compiler/kinds/define-kind.ts";
import { transformOf, transformsOf } from "../../compiler/kinds/registry.ts";
import type { Feature } from "../../compiler/model/model.ts";

/** A raw number that the transforms of `feature` make about `x` of. */
export function before({ kind }: Feature, { transforms }: Learned, x: number): number {
  return transformsOf(kind).reduceRight(
    (value, transform, place) => transformOf(transform).before(transform, transforms[place] ?? [], value),
    x,
  );
}
