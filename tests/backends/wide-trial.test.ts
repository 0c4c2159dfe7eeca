// When steps are computed with vectors of eight numbers: not before it pays, only where they are faster and
// leave the same bits, and not any more when they do not.

import { describe, expect, test } from "vitest";
import { type WideOutcome, WideTrial } from "../../compiler/backends/wasm/training/wide.ts";

interface Given {
  readonly isAsked?: boolean;
  /** What a step takes. */
  readonly plain: number;
  readonly wide: number;
  /** What the comparison in a step finds. */
  readonly found?: (step: number) => "same" | "differs" | "missing";
}

/** Forms that steps get, from 1, and what is told. */
function given(steps: number, { isAsked = false, plain, wide, found = () => "same" }: Given) {
  const told: WideOutcome[] = [];
  const trial = new WideTrial({ isAsked, compile: () => null, told: (outcome) => told.push(outcome) });
  const forms = Array.from({ length: steps }, (_, i) => {
    const { form } = trial;
    if (form === "both") trial.compared(found(i + 1));
    else trial.took(form === "wide" ? wide : plain);
    return form;
  });
  const at = (form: string) => forms.flatMap((each, i) => (each === form ? [i + 1] : []));
  return { forms, told, both: at("both"), firstWide: at("wide")[0] };
}

describe("vectors of eight numbers", () => {
  test("are compared after a second of steps, timed in turn with the others, and taken where they are faster", () => {
    const { forms, told, both } = given(200, { plain: 10, wide: 6 });
    expect(both).toEqual([101]);
    expect(forms.slice(101, 105)).toEqual(["plain", "wide", "plain", "wide"]);
    expect(told).toEqual([{ kind: "taken", step: 120 }]);
    expect(new Set(forms.slice(119))).toEqual(new Set(["wide"]));
  });

  test("are not timed before code is compiled, however long steps take", () => {
    expect(given(50, { plain: 900, wide: 600 }).both).toEqual([31]);
  });

  test("are never compiled in a short training", () => {
    const { forms, told } = given(900, { plain: 1, wide: 0.5 });
    expect(new Set(forms)).toEqual(new Set(["plain"]));
    expect(told).toEqual([]);
  });

  test("are left where they are no faster", () => {
    const { forms, told } = given(10_000, { plain: 10, wide: 9.8 });
    expect(told).toEqual([{ kind: "slower" }]);
    expect(new Set(forms.slice(119))).toEqual(new Set(["plain"]));
  });

  test("are compared in the first step where they are asked for, and taken however long they take", () => {
    const { both, told, firstWide } = given(100, { isAsked: true, plain: 1, wide: 2 });
    expect({ both, firstWide }).toEqual({ both: [1], firstWide: 2 });
    expect(told).toEqual([{ kind: "taken", step: 2 }]);
  });

  test("are compared again every 500 steps", () => {
    const { both, told } = given(2_500, { isAsked: true, plain: 2, wide: 1 });
    expect(both).toEqual([1, 501, 1_001, 1_501, 2_001]);
    expect(told).toHaveLength(1);
  });

  test("are never taken where they leave other bits", () => {
    const { forms, told } = given(5_000, { plain: 10, wide: 1, found: () => "differs" });
    expect(told).toEqual([{ kind: "differs", step: 101, since: null }]);
    expect(forms).not.toContain("wide");
  });

  test("are left as soon as they leave other bits", () => {
    const { forms, told } = given(3_000, {
      ...{ isAsked: true, plain: 2, wide: 1 },
      found: (step) => (step < 900 ? "same" : "differs"),
    });
    expect(told.at(-1)).toEqual({ kind: "differs", step: 1_001, since: 501 });
    expect(new Set(forms.slice(1_001))).toEqual(new Set(["plain"]));
  });

  test("are left where the machine cannot compile them", () => {
    const { forms, told } = given(200, { isAsked: true, plain: 2, wide: 1, found: () => "missing" });
    expect(told).toEqual([{ kind: "missing" }]);
    expect(new Set(forms.slice(1))).toEqual(new Set(["plain"]));
  });
});
