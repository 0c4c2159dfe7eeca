// `id(size: n)`: the whole numbers 0 … n − 1.

import { idOutOfRange } from "../../diagnostics/catalog/data.ts";
import { readWhole } from "../syntax/constants.ts";
import { defineIdKind } from "./define-kind.ts";
import { call } from "./made.ts";
import { badOption, MOST_IDS, option } from "./options.ts";

export const sizedId = defineIdKind("sized_id", {
  keyword: "id",
  options: ["size"],
  form: "id(size: 1000)",
  doc: "A whole number 0 … `size` − 1. Any other number is an error in data, and the id 1 in serving.",
  read: (reference, reporter) => {
    const size = option(reference, "size")!;
    const value = readWhole(size.value, 1, MOST_IDS);
    return value === null
      ? badOption(size, "id", `a whole number from 1 to ${MOST_IDS}, the number of ids`, reporter)
      : { kind: "sized_id", size: value };
  },
  rawType: () => "RawId",
  rawDoc: ({ size }) => `A whole number 0 … ${size - 1}; others count as unknown.`,
  takes: "ids",
  manyToOne: false,
  size: ({ size }) => size,
  space: (serve, { size }) => new serve.IntegerRange(0, size),
  code: ({ size }) => call("IntegerRange", 0, size),
  learn: null,
  outsiders: ({ size }) => {
    /** Finds the largest whole number among them. */
    let largest = -1;
    return ({ feature, column, raw, value }, say) => {
      if (Number.isSafeInteger(Number(raw))) largest = Math.max(largest, Number(raw));
      // The size that would cover them all, if there is one.
      say(idOutOfRange, { feature, column, value, size }, () =>
        largest < size ? null : idOutOfRange.helps.largest(column, largest),
      );
    };
  },
  valueAt: (_kind, _learned, index) => String(index),
  unknownValue: ({ size }, _, chance) => size + chance.integer(9),
});
