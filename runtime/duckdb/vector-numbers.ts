// Reads and sets all values of a vector of numbers at once, which takes a tenth of the time of one after the
// other.

import type { DuckDBVector } from "@duckdb/node-api";
import type { NumberArray } from "../../compiler/data/columns.ts";

type Api = Pick<
  typeof import("@duckdb/node-api"),
  "DuckDBBigIntVector" | "DuckDBDoubleVector" | "DuckDBFloatVector" | "DuckDBIntegerVector"
>;

/** The vector's own array; null if it has other values or nulls. */
function itemsOf(api: Api, vector: DuckDBVector): NumberArray | null {
  const isOfNumbers =
    vector instanceof api.DuckDBIntegerVector ||
    vector instanceof api.DuckDBFloatVector ||
    vector instanceof api.DuckDBDoubleVector;
  if (!isOfNumbers) return null;
  const { items, validity } = membersOf<NumberArray>(vector);
  return validity.data === null ? items : null;
}

/** False if the vector's numbers have another type: then they must be set one after the other. */
export function setNumbers(api: Api, vector: DuckDBVector, values: ArrayLike<unknown>): boolean {
  if (values instanceof BigInt64Array && vector instanceof api.DuckDBBigIntVector) {
    const { items, validity } = membersOf<BigInt64Array>(vector);
    if (validity.data === null) items.set(values);
    return validity.data === null;
  }
  const items = itemsOf(api, vector);
  if (items === null || items.constructor !== values.constructor) return false;
  items.set(values as NumberArray);
  return true;
}

/** Classes of vectors of numbers have the same members. */
function membersOf<Items>(vector: DuckDBVector): {
  readonly items: Items;
  readonly validity: { readonly data: unknown };
} {
  return vector as unknown as ReturnType<typeof membersOf<Items>>;
}

/** A copy of the vector's numbers, because the vector's memory ends with its chunk. Null if it has others. */
export function numbersOf(api: Api, vector: DuckDBVector): NumberArray | null {
  return itemsOf(api, vector)?.slice() ?? null;
}
