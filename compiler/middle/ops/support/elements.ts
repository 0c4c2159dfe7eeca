// Shared code of ops over the values of sets: shapes, the row of each value, and its place in a list.

import { invariant } from "../../../common/internal-error.ts";
import type { OpName } from "../../graph/attributes.ts";
import {
  type EachRows,
  type ElementsRows,
  type StepsRows,
  sameRows,
  type TensorType,
} from "../../graph/types.ts";
import { describeType } from "./shapes.ts";

/** Tells whether an op reads rows of a table, or of another value, by the ids of its second input. */
export function isLookup(op: OpName): op is "lookup" | "pooled_lookup" | "listed_lookup" {
  return op === "lookup" || op === "pooled_lookup" || op === "listed_lookup";
}

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

/**
 * The index of each value in the lists of `most` elements for all rows, one list after the other. The values
 * of a row are at the end of its list.
 */
export function indicesInLists(rowOf: ArrayLike<number>, most: number): Int32Array {
  const places = new Int32Array(rowOf.length);
  for (let element = rowOf.length - 1; element >= 0; element--) {
    const isLast = rowOf[element + 1] !== rowOf[element];
    places[element] = isLast ? (rowOf[element]! + 1) * most - 1 : places[element + 1]! - 1;
  }
  return places;
}
