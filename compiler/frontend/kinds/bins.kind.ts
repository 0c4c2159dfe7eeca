// `number |> buckets(10, 20, 50)`, `number |> quantiles(10)`: a number whose buckets are ids.

import { defineIdKind } from "./define-kind.ts";
import { call } from "./made.ts";
import { numbersCode, numbersDoc } from "./number.kind.ts";
import { binningOf, rawBefore, stepsOf } from "./transforms.ts";

export const bins = defineIdKind("bins", {
  // Written as a `number`, and made from it by its pipe.
  keyword: null,
  options: [],
  form: "number |> quantiles(10)",
  doc: "A number whose buckets are ids.",
  read: () => null,
  takes: "numbers",
  manyToOne: true,
  code: (kind) => {
    const bounds = binningOf(kind.binning).code(kind.binning, kind.transforms.length);
    return call("Buckets", numbersCode(kind), bounds);
  },
  rawType: () => "number",
  rawDoc: numbersDoc,
  size: ({ binning }) => binningOf(binning).size(binning),
  space: (serve, kind, { transforms }) => {
    const numbers = new serve.Numbers(stepsOf(serve, kind, transforms), kind.missing ?? undefined);
    return new serve.Buckets(
      numbers,
      binningOf(kind.binning).bounds(kind.binning, transforms[kind.transforms.length] ?? []),
    );
  },
  learn: null,
  outsiders: null,
  valueAt: (kind, { transforms }, index) => {
    const bounds = binningOf(kind.binning).bounds(kind.binning, transforms[kind.transforms.length] ?? []);
    // If equal bounds made fewer buckets, the last one replaces the missing ones.
    const place = Math.min(index, bounds.length);
    const x = place === 0 ? (bounds[0] ?? 0) - 1 : bounds[place - 1]!;
    return rawBefore(kind, transforms, x);
  },
  // Every number is in a bucket.
  unknownValue: (kind, { transforms }, chance) => rawBefore(kind, transforms, chance.normal()),
});
