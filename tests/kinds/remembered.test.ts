// A function that remembers results gives the same bits as the function itself, however often it is called.

import fc from "fast-check";
import { expect, it } from "vitest";
import { remembered } from "../../compiler/common/remembered.ts";

const numbers = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.integer({ min: 8190, max: 8194 }),
  fc.constantFrom(-0, 0.5, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY),
  fc.double(),
);

it("gives the results of its function", () => {
  const functions = [Math.log1p, (x: number) => 1 / x, (x: number) => (x - 3) / 0.1, () => Number.NaN];
  fc.assert(
    fc.property(fc.constantFrom(...functions), fc.array(numbers, { maxLength: 60 }), (of, xs) => {
      const own = remembered(of);
      expect([...xs, ...xs].map(own)).toEqual([...xs, ...xs].map(of));
    }),
  );
});
