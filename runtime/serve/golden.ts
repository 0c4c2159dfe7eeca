// Golden requests: raw requests with the logits that the f64 reference gives them, and how far f32 may be from those.

export interface GoldenRequest {
  readonly request: unknown;
  /** By label: one logit a candidate. */
  readonly logits: readonly (readonly [string, readonly number[]])[];
}

/** How far |logit − reference| may be: absolute part, and relative to |reference|. */
export const TOLERANCE = { absolute: 2e-5, relative: 1e-5 } as const;

/** Whether f32 scores are as close to the reference as they must be. */
export function isClose(logit: number, reference: number): boolean {
  return Math.abs(logit - reference) <= TOLERANCE.absolute + TOLERANCE.relative * Math.abs(reference);
}
