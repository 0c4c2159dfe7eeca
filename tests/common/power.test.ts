// Powers that don't depend on the version of Node are powers.

import fc from "fast-check";
import { expect, test } from "vitest";
import { power } from "../../compiler/common/power.ts";

test("a small whole power is the product", () => {
  expect([power(0.1, 2), power(-3, 3), power(0, 0), power(0, 5), power(7, 1)]).toEqual([
    0.1 * 0.1,
    -27,
    1,
    0,
    7,
  ]);
});

test("any power is that of JavaScript, but for its last bits", () => {
  const base = fc.double({ min: 0, max: 1e3, noNaN: true });
  const exponent = fc.oneof(fc.nat(100_000), fc.double({ min: 0, max: 1e4, noNaN: true }));
  fc.assert(
    fc.property(base, exponent, (x, y) => {
      const [found, expected] = [power(x, y), x ** y];
      if (expected > 1e-300 && expected < 1e300) expect(Math.abs(found / expected - 1)).toBeLessThan(1e-12);
      else if (expected <= 1e-300) expect(found).toBeLessThan(1e-299);
      else expect(found).toBeGreaterThan(1e299);
    }),
  );
});
