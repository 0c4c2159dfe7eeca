// Axes that are a few steps longer or shorter than a history's: what they are called, and how many steps they have.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleLayout, requestLayout } from "../../compiler/middle/graph/layout.ts";
import {
  historyOf,
  shiftedAxis,
  shiftedLength,
  shiftedSegments,
} from "../../compiler/middle/graph/shifted-axes.ts";

describe("a shifted axis", () => {
  test("is called by its history and the difference", () => {
    expect(shiftedAxis("clicks", 1)).toBe("clicks + 1");
    expect(shiftedAxis("clicks", -2)).toBe("clicks - 2");
    expect(shiftedAxis("clicks + 1", -1)).toBe("clicks");
    expect(shiftedAxis("clicks + 1", -2)).toBe("clicks - 1");
    expect(shiftedAxis("clicks", 0)).toBe("clicks");
  });

  test("says by its name which history it follows from", () => {
    expect(historyOf("clicks")).toEqual({ history: "clicks", shift: 0 });
    fc.assert(
      fc.property(fc.integer({ min: -9, max: 9 }), (shift) => {
        expect(historyOf(shiftedAxis("clicks", shift))).toEqual({ history: "clicks", shift });
      }),
    );
  });

  test("has that many more steps in each row, or fewer where there are any", () => {
    const segments = Int32Array.of(0, 0, 2);
    expect(shiftedSegments(segments, 4, 1)).toEqual(Int32Array.of(0, 0, 0, 1, 2, 2, 3));
    expect(shiftedSegments(segments, 4, -1)).toEqual(Int32Array.of(0));
    expect(shiftedSegments(segments, 4, -3)).toEqual(new Int32Array(0));
    expect([shiftedLength(2, 1), shiftedLength(2, -1), shiftedLength(0, -1)]).toEqual([3, 1, 0]);
  });

  test("is there in every layout that has the history", () => {
    const examples = exampleLayout({ examples: 3, lengths: { clicks: [2, 0, 1] }, tables: {} });
    const rows = { kind: "steps", per: "example", history: "clicks + 1" } as const;
    expect(examples.segments(rows)).toEqual(Int32Array.of(0, 0, 0, 1, 2, 2));
    expect(examples.count({ ...rows, history: "clicks - 1" })).toBe(1);
    const request = requestLayout({ candidates: 2, steps: { clicks: 3 }, tables: {} });
    expect(request.count({ ...rows, per: "request" })).toBe(4);
    expect(request.count({ ...rows, per: "candidate" })).toBe(8);
    expect(() => request.count(rows)).toThrow("this layout has no rows example×clicks + 1");
  });
});
