// The one generator of random numbers: the same streams for the same seed, and distributions that are what they say.

import { describe, expect, it } from "vitest";
import { Random } from "../../compiler/common/random.ts";

function take<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

describe("Random", () => {
  it("is xoshiro128** seeded by splitmix32, the same on every machine", () => {
    const random = new Random(1);
    expect(take(4, () => random.bits())).toEqual([393288148, 2174103013, 3814759091, 2092745082]);
  });

  it("has a stream for each purpose and each seed", () => {
    const first = (seed: number, purpose: string) => Random.of(seed, purpose).bits();
    expect([first(2026, "shuffle"), first(2026, "table"), first(2027, "shuffle")]).toEqual([
      2379234954, 2449851176, 3910392029,
    ]);
    expect(first(2026, "shuffle")).toBe(first(2026, "shuffle"));
  });

  it("uses the high bits of a large seed", () => {
    expect(new Random(2 ** 32 + 1).bits()).not.toBe(new Random(1).bits());
  });

  it("draws whole numbers evenly", () => {
    const random = new Random(3);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1;
    // Five standard deviations of a binomial(70000, 1/7).
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 92.6);
  });

  it("fills an array with the high bits of the same stream, and goes on after it", () => {
    const [one, other] = [new Random(6), new Random(6)];
    const filled = one.uniform(new Float32Array(1000));
    expect([...filled]).toEqual(take(1000, () => (other.bits() >>> 8) / 2 ** 24));
    expect(one.bits()).toBe(other.bits());
  });

  it("fills an array with whole numbers of the same stream, evenly", () => {
    const [one, other] = [new Random(8), new Random(8)];
    const filled = one.integers(new Uint32Array(70_000), 7);
    expect([...filled]).toEqual(take(70_000, () => Math.floor(other.next() * 7)));
    expect(one.bits()).toBe(other.bits());
    const counts = new Array<number>(7).fill(0);
    for (const number of filled) counts[number]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 92.6);
  });

  it("draws every order of a few things about as often", () => {
    const random = new Random(7);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = [...random.order(3)].join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["012", "021", "102", "120", "201", "210"]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 28.9);
  });

  it("draws numbers in [0, 1) and normals with mean 0 and deviation 1", () => {
    const random = new Random(4);
    const uniform = take(20_000, () => random.next());
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    const normal = take(20_000, () => random.normal());
    const mean = normal.reduce((sum, x) => sum + x, 0) / normal.length;
    const variance = normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normal.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(20_000));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
  });
});
