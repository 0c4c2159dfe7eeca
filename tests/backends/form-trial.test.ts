// When another form computes steps: not before it pays, only where it is faster and leaves the same bits, and
// not any more when it does not.

import { describe, expect, test } from "vitest";
import { type FormOutcome, FormTrial } from "../../compiler/backends/wasm/training/other-form.ts";

interface Given {
  readonly isAsked?: boolean;
  /** The time of a step. */
  readonly plain: number;
  readonly other: number;
  /** Whether a step leaves the same bits. */
  readonly isSame?: (step: number) => boolean;
  /** The step in which the other form is made; null if it cannot be made. */
  readonly made?: number | null;
  readonly computes?: "step" | "prediction";
}

/** Forms that steps get, from 1, and what is told. */
function given(
  steps: number,
  { isAsked = false, plain, other, isSame = () => true, made = 1, computes = "step" }: Given,
) {
  const told: FormOutcome[] = [];
  const trial = new FormTrial({ isAsked, holds: 500, told: (outcome) => told.push(outcome) }, computes);
  const forms = Array.from({ length: steps }, (_, i) => {
    if (trial.isMaking && made === null) trial.made(false);
    else if (trial.isMaking && i + 1 >= made!) trial.made(true);
    const { form } = trial;
    if (form === "both") trial.compared(isSame(i + 1));
    else trial.took(form === "other" ? other : plain);
    return form;
  });
  const at = (form: string) => forms.flatMap((each, i) => (each === form ? [i + 1] : []));
  return { forms, told, both: at("both"), firstOther: at("other")[0] };
}

describe("another form", () => {
  test("is compared after a second of steps, timed in turn with the others, and taken where it is faster", () => {
    const { forms, told, both } = given(200, { plain: 10, other: 6 });
    expect(both).toEqual([101, 102, 103]);
    expect(forms.slice(103, 107)).toEqual(["plain", "other", "plain", "other"]);
    expect(told).toEqual([{ kind: "taken", step: 122 }]);
    expect(new Set(forms.slice(121))).toEqual(new Set(["other"]));
  });

  test("is not timed before code is compiled, however long steps take", () => {
    expect(given(50, { plain: 900, other: 600 }).both).toEqual([31, 32, 33]);
  });

  test("is never compiled in a short training", () => {
    const { forms, told } = given(900, { plain: 1, other: 0.5 });
    expect(new Set(forms)).toEqual(new Set(["plain"]));
    expect(told).toEqual([]);
  });

  test("of a prediction is compared once, because no state hides wrong code", () => {
    const asked = given(100, { isAsked: true, plain: 1, other: 2, computes: "prediction" });
    expect(asked.both).toEqual([1]);
    expect(asked.told).toEqual([{ kind: "taken", step: 2 }]);
    const wrong = given(100, {
      isAsked: true,
      plain: 1,
      other: 2,
      computes: "prediction",
      isSame: () => false,
    });
    expect(wrong.firstOther).toBeUndefined();
  });

  test("is left where it is no faster", () => {
    const { forms, told } = given(10_000, { plain: 10, other: 9.8 });
    expect(told).toEqual([{ kind: "slower" }]);
    expect(new Set(forms.slice(121))).toEqual(new Set(["plain"]));
  });

  test("is compared in the first step where it is asked for, and taken however long it takes", () => {
    const { both, told, firstOther } = given(100, { isAsked: true, plain: 1, other: 2 });
    expect({ both, firstOther }).toEqual({ both: [1, 2, 3], firstOther: 4 });
    expect(told).toEqual([{ kind: "taken", step: 4 }]);
  });

  test("is compared again every 500 steps", () => {
    const { both, told } = given(2_500, { isAsked: true, plain: 2, other: 1 });
    expect(both).toEqual([1, 2, 3, 503, 1_003, 1_503, 2_003]);
    expect(told).toHaveLength(1);
  });

  test("is never taken where it leaves other bits", () => {
    const { forms, told } = given(5_000, { plain: 10, other: 1, isSame: () => false });
    expect(told).toEqual([{ kind: "differs", step: 101, since: null }]);
    expect(forms).not.toContain("other");
  });

  test("is not taken if its second step leaves other bits", () => {
    const { forms, told } = given(100, { isAsked: true, plain: 10, other: 1, isSame: (step) => step !== 2 });
    expect(told).toEqual([{ kind: "differs", step: 2, since: null }]);
    expect(forms).not.toContain("other");
  });

  test("is left as soon as it leaves other bits", () => {
    const { forms, told } = given(3_000, {
      ...{ isAsked: true, plain: 2, other: 1 },
      isSame: (step) => step < 900,
    });
    expect(told.at(-1)).toEqual({ kind: "differs", step: 1_003, since: 503 });
    expect(new Set(forms.slice(1_003))).toEqual(new Set(["plain"]));
  });

  test("is left where the machine cannot compile them", () => {
    const { forms, told } = given(200, { isAsked: true, plain: 2, other: 1, made: null });
    expect(told).toEqual([{ kind: "missing" }]);
    expect(new Set(forms)).toEqual(new Set(["plain"]));
  });

  test("is waited for in the plain form, and compared when it is made", () => {
    const { forms, both } = given(400, { plain: 10, other: 6, made: 250 });
    expect(both).toEqual([250, 251, 252]);
    expect(new Set(forms.slice(0, 249))).toEqual(new Set(["plain"]));
  });
});
