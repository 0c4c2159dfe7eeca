// How a raw number becomes what the net sees. Training reads its rows with these functions and generated code carries
// them along, so the same raw number means the same thing in both.

/** One transform of a number, with what was fitted for it. */
export interface NumberStep {
  /** NaN where it takes no such number. */
  apply(x: number): number;
  /** For people: what must be true of `x` where `apply` gives NaN. */
  readonly requires: string;
}

/** ln(1 + x) of what is not negative. */
export function log1p(): NumberStep {
  return {
    apply: (x) => (x < 0 ? Number.NaN : Math.log1p(x)),
    requires: "must not be negative (log1p)",
  };
}

/** (x − mean) / deviation. */
export function standardize(mean: number, deviation: number): NumberStep {
  return { apply: (x) => (x - mean) / deviation, requires: "must be a number" };
}

/** The number that the net sees, or NaN where `value` is not accepted (see `whyNotANumber`). */
export function transformNumber(value: unknown, steps: readonly NumberStep[]): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return Number.NaN;
  let x = value;
  for (let i = 0; i < steps.length; i++) x = steps[i]!.apply(x);
  const seen = Math.fround(x);
  return Number.isFinite(seen) ? seen : Number.NaN;
}

/** For people: what is wrong with a value that `transformNumber` did not accept. */
export function whyNotANumber(value: unknown, steps: readonly NumberStep[]): string {
  if (typeof value !== "number") return "must be a number";
  if (!Number.isFinite(value)) return `must be finite, not ${value}`;
  let x = value;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    x = step.apply(x);
    if (Number.isNaN(x))
      return i === 0 ? `${step.requires}, but is ${value}` : `${value} ${step.requires} after its transforms`;
  }
  return `${value} is out of range after its transforms`;
}
