// Writes `userVector` in generated code: the vector of a user, for querying a vector index of items. As for
// `explain`, the program of the plain kernels has it as an additional output.

import { invariant } from "../../common/internal-error.ts";
import type { ValueNames } from "./value-names.ts";
import type { ConstantDeclaration } from "./writer.ts";

/** An output of the program with a row for the request. */
export interface UserVector {
  readonly output: string;
  readonly width: number;
}

/** `userVectorOf`: the vector among the computed values of a request. */
export function userVectorConstant(
  names: ValueNames,
  { output: name, width }: UserVector,
): ConstantDeclaration {
  const output = names.plan.outputs.find((each) => each.name === name);
  invariant(output?.size === width, `the program has no ${name} of ${width} numbers`);
  const location = names.location(output.location);
  // The name of an unused parameter begins with `_`, so that strict compilers accept it.
  const given = location.startsWith("w.") ? "(w, _q)" : "(_w, q)";
  return {
    ...{ kind: "constant", name: "userVectorOf", type: "(w: Weights, q: RequestValues) => Float32Array" },
    value: `${given} => ${location}.slice(0, ${width})`,
  };
}
