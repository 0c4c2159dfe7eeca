// Rows in the order of their scores: that of a stable sort by comparison, whatever the scores.

import fc from "fast-check";
import { expect, test } from "vitest";
import { rowsByScore } from "../../compiler/middle/metrics/radix-sort.ts";

test("is the order of a stable sort, −0 being 0 and NaN the last", () => {
  const special = fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e-45,
  );
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 60 }), fc.array(special), (some, more) => {
      const scores = Float32Array.from([...some, ...more, ...some]);
      const expected = [...scores.keys()].sort((a, b) => {
        const [one, other] = [scores[a]!, scores[b]!];
        if (Number.isNaN(one) || Number.isNaN(other))
          return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
        return one < other ? -1 : one > other ? 1 : 0;
      });
      expect([...rowsByScore(scores)]).toEqual(expected);
    }),
  );
});
