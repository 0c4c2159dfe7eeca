// Reads and sets all values of a vector of numbers at once, which takes a tenth of the time of one after the
// other.

import type { DuckDBVector } from "@duckdb/node-api";
import type { NumberArray } from "../../compiler/data/columns.ts";

type Api = Pick<
  typeof import("@duckdb/node-api"),
  "DuckDBDoubleVector" | "DuckDBFloatVector" | "DuckDBIntegerVector"
>;

/** The vector's own array; null if it has other values or nulls. */
function itemsOf(api: Api, vector: DuckDBVector): NumberArray | null {
  const isOfNumbers =
    vector instanceof api.DuckDBIntegerVector ||
    vector instanceof api.DuckDBFloatVector ||
    vector instanceof api.DuckDBDoubleVector;
  if (!isOfNumbers) return null;
  // The three classes have the same members.
  const { items, validity } = vector as unknown as {
    readonly items: NumberArray;
    readonly validity: { readonly data: unknown };
  };
  return validity.data === null ? items : null;
}

/** False if the vector's numbers have another type: then they must be set one after the other. */
export function setNumbers(api: Api, vector: DuckDBVector, values: ArrayLike<unknown>): boolean {
  const items = itemsOf(api, vector);
  if (items === null || items.constructor !== values.constructor) return false;
  items.set(values as NumberArray);
  return true;
}

/** A copy of the vector's numbers, because the vector's memory ends with its chunk. Null if it has others. */
export function numbersOf(api: Api, vector: DuckDBVector): NumberArray | null {
  return itemsOf(api, vector)?.slice() ?? null;
}
