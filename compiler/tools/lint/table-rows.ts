// The number of rows of a feature's table, if the spec states it.

import { idKindOf } from "../../frontend/kinds/registry.ts";
import { type Feature, FIRST_ID } from "../../frontend/model/model.ts";

/** Includes padding and the unknown value; null if it is learned from data, or there are no ids. */
export function declaredRows({ name, kind }: Feature): number | null {
  switch (kind.kind) {
    case "enum":
      return kind.values.length + FIRST_ID;
    case "sized_id":
    case "hashed_id":
    case "cross":
      return kind.size + FIRST_ID;
    case "int":
      return kind.high - kind.low + 1 + FIRST_ID;
    case "hour":
    case "weekday":
    case "hour_of_week":
    case "month":
      return idKindOf({ name, kind }).size(kind, null)! + FIRST_ID;
    default:
      return null;
  }
}
