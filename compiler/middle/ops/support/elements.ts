// Functions for ops over the values of sets: shapes, and the row of each value.

import { invariant } from "../../../common/internal-error.ts";
import {
  type EachRows,
  type ElementsRows,
  type StepsRows,
  sameRows,
  type TensorType,
} from "../../graph/types.ts";
import { describeType } from "./shapes.ts";

/** The rows of a value that has one for each value of a set. */
export function elementsOf(type: TensorType): ElementsRows {
  invariant(type.rows.kind === "elements", `${describeType(type)} has no elements`);
  return type.rows;
}

/** What has the sets whose values `rowOf`, i32 [elements], gives the row of. */
export function ownersOf(op: string, rowOf: TensorType, elements = rowOf): EachRows | StepsRows {
  const isNumbers = rowOf.dtype === "i32" && rowOf.dims.length === 0;
  invariant(isNumbers && sameRows(rowOf.rows, elements.rows), `${op} by ${describeType(rowOf)}`);
  return elementsOf(elements).of;
}
