// The numbers that the transforms of a label learn, such as the mean for `standardize`, from the rows that count
// for the label.

import { invariant } from "../common/internal-error.ts";
import { fitTransforms } from "../frontend/kinds/fit.ts";
import type { Label } from "../frontend/model/model.ts";
import { inputNames } from "../middle/programs/program.ts";
import { rowNumbers } from "./row-indices.ts";
import { type RowReader, RowValues } from "./row-reader.ts";

/** By index in the pipe, from the first `rows` rows. */
export function learnedOfLabel(
  { name, type, weight, mayBeMissing }: Label,
  reader: RowReader,
  rows: number,
): readonly (readonly number[])[] {
  invariant(type.kind === "number", `${name} has no transforms`);
  const kind = { kind: "number", transforms: type.transforms, missing: null } as const;
  const column = mayBeMissing ? inputNames.present(name) : null;
  const counted = weight === null ? column : inputNames.weight(name);
  return fitTransforms({ kind }, (take) => {
    for (const some of rowNumbers(rows)) {
      const read = new RowValues(reader, some);
      const of = (label: string) => read.label(label, new Float32Array(some.length));
      const counts = counted === null ? null : of(counted);
      for (const [i, value] of of(name).entries()) if (counts === null || counts[i]! > 0) take(value, 1);
    }
  });
}
