// Axes derived from those of histories: what they are called, and how many steps they have.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  everyAxis,
  hasAlwaysSteps,
  historiesOf,
  isShortened,
  joinedAxis,
  onlyHistoryOf,
  orderedAxis,
  segmentsAlong,
  shiftedAxis,
  stepsAlong,
} from "../../compiler/middle/graph/derived-axes.ts";
import { exampleLayout, requestLayout } from "../../compiler/middle/graph/layout.ts";

const lengths: Readonly<Record<string, number>> = { clicks: 3, carts: 2, views: 0 };
const stepsOf = (axis: string) => stepsAlong(axis, (history) => lengths[history]!);

describe("a shifted axis", () => {
  test("is called by its history and the difference", () => {
    expect(shiftedAxis("clicks", 1)).toBe("clicks + 1");
    expect(shiftedAxis("clicks", -2)).toBe("clicks - 2");
    expect(shiftedAxis("clicks + 1", -1)).toBe("clicks");
    expect(shiftedAxis("clicks + 1", -2)).toBe("clicks - 1");
    expect(shiftedAxis("clicks", 0)).toBe("clicks");
  });

  test("says by its name which history it follows from", () => {
    expect(onlyHistoryOf("clicks")).toEqual({ history: "clicks", shift: 0 });
    fc.assert(
      fc.property(fc.integer({ min: -9, max: 9 }), (shift) => {
        expect(onlyHistoryOf(shiftedAxis("clicks", shift))).toEqual({ history: "clicks", shift });
      }),
    );
  });

  test("has that many more steps in each row, or fewer where there are any", () => {
    const segments = Int32Array.of(0, 0, 2);
    const along = (axis: string) => segmentsAlong(axis, 4, () => segments);
    expect(along("clicks + 1")).toEqual(Int32Array.of(0, 0, 0, 1, 2, 2, 3));
    expect(along("clicks - 1")).toEqual(Int32Array.of(0));
    expect(along("clicks - 3")).toEqual(new Int32Array(0));
    expect([stepsOf("clicks + 1"), stepsOf("clicks - 1"), stepsOf("views - 1")]).toEqual([4, 2, 0]);
  });

  test("is there in every layout that has the history", () => {
    const examples = exampleLayout({ examples: 3, lengths: { clicks: [2, 0, 1] }, tables: {} });
    const rows = { kind: "steps", per: "example", history: "clicks + 1" } as const;
    expect(examples.segments(rows)).toEqual(Int32Array.of(0, 0, 0, 1, 2, 2));
    expect(examples.count({ ...rows, history: "clicks - 1" })).toBe(1);
    const request = requestLayout({ candidates: 2, steps: { clicks: 3 }, tables: {} });
    expect(request.count({ ...rows, per: "request" })).toBe(4);
    expect(request.count({ ...rows, per: "candidate" })).toBe(8);
    expect(() => request.count(rows)).toThrow("this layout has no rows example×clicks");
  });
});

describe("a joined axis", () => {
  test("is called by its parts in their order", () => {
    expect(joinedAxis(["clicks", "carts"])).toBe("clicks + carts");
    expect(joinedAxis([2, "clicks", 1])).toBe("2 + clicks + 1");
    expect(joinedAxis(["clicks + 1", 2, "carts"])).toBe("clicks + 3 + carts");
    expect(joinedAxis(["clicks - 1", "carts"])).toBe("(clicks - 1) + carts");
    expect(joinedAxis([joinedAxis(["clicks", "carts"]), "views"])).toBe("clicks + carts + views");
  });

  test("has the steps of all parts, shortened or lengthened as a whole or in part", () => {
    expect(stepsOf("clicks + carts")).toBe(5);
    expect(stepsOf("2 + clicks + 1")).toBe(6);
    expect(stepsOf(joinedAxis(["views - 1", "carts"]))).toBe(2);
    expect(stepsOf(shiftedAxis("clicks + carts", -7))).toBe(0);
    expect(stepsOf(shiftedAxis(joinedAxis(["views - 1", "carts"]), -1))).toBe(1);
    expect(shiftedAxis(shiftedAxis("clicks + carts", 1), -1)).toBe("clicks + carts");
  });

  test("knows its histories, and whether a row can be without steps", () => {
    expect(historiesOf("(clicks - 1) + carts + clicks")).toEqual(["clicks", "carts"]);
    expect(onlyHistoryOf("clicks + carts")).toBeNull();
    expect(onlyHistoryOf("1 + clicks")).toBeNull();
    expect(["clicks + carts", "1 + clicks", "clicks + carts + 1"].map(hasAlwaysSteps)).toEqual([
      false,
      true,
      true,
    ]);
    expect(["clicks + carts", "clicks + carts - 1"].map(isShortened)).toEqual([false, true]);
  });
});

describe("an axis with some steps, or in another order", () => {
  test("is called by the axis", () => {
    expect(everyAxis("clicks", 4)).toBe("clicks / 4");
    expect(everyAxis("clicks / 4", 2)).toBe("clicks / 8");
    expect(everyAxis("clicks + carts", 2)).toBe("(clicks + carts) / 2");
    expect(joinedAxis(["clicks / 4", "carts", 1])).toBe("clicks / 4 + carts + 1");
    expect(shiftedAxis("clicks / 4", 1)).toBe("clicks / 4 + 1");
    expect(orderedAxis("clicks + carts", "at")).toBe("clicks + carts by at");
    expect(joinedAxis(["clicks + carts by at", 1])).toBe("(clicks + carts by at) + 1");
    expect(shiftedAxis(shiftedAxis("clicks + carts by at", 1), -1)).toBe("clicks + carts by at");
    expect(everyAxis("clicks + carts by at, then", 3)).toBe("(clicks + carts by at, then) / 3");
  });

  test("has as many steps as begin a window", () => {
    expect(["clicks / 1", "clicks / 2", "clicks / 4", "views / 2"].map(stepsOf)).toEqual([3, 2, 1, 0]);
    expect(stepsOf("(clicks + carts) / 2")).toBe(3);
    expect(stepsOf("clicks / 2 + carts + 1")).toBe(5);
    expect(stepsOf("(clicks + carts by at, then) + 1")).toBe(6);
    expect(stepsOf("(clicks + carts by at) / 3 - 1")).toBe(1);
    expect(historiesOf("(clicks + carts by at) / 3 + clicks")).toEqual(["clicks", "carts"]);
    expect(["clicks / 2", "clicks by at", "clicks / 2 + 1"].map(onlyHistoryOf)).toEqual([null, null, null]);
  });
});
