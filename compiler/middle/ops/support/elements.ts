// Shared code of ops over the values of sets: shapes, and the row of each value.

import { invariant } from "../../../common/internal-error.ts";
import {
  type EachRows,
  type ElementsRows,
  type StepsRows,
  sameRows,
  type TensorType,
} from "../../graph/types.ts";
import { describeType } from "./shapes.ts";

/** The rows of a type that has one row for each value of a set. */
export function elementsOf(type: TensorType): ElementsRows {
  invariant(type.rows.kind === "elements", `${describeType(type)} has no elements`);
  return type.rows;
}

/** The rows that have the sets. `rowOf`, i32 [elements], gives the row of each value. */
export function ownersOf(op: string, rowOf: TensorType, elements = rowOf): EachRows | StepsRows {
  const isNumbers = rowOf.dtype === "i32" && rowOf.dims.length === 0;
  invariant(isNumbers && sameRows(rowOf.rows, elements.rows), `${op} by ${describeType(rowOf)}`);
  return elementsOf(elements).of;
}
