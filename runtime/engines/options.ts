// The options of engines, and the callbacks for their findings.

import type { FormOutcome } from "../../compiler/backends/wasm/training/other-form.ts";

/** The user's options for an engine. They do not change results. */
export interface EngineOptions {
  /** The number of threads that compute a step; by default as many as make it faster. */
  readonly threads?: number;
  /**
   * V8's experimental vectors of 256 bits (Node 24 and later, x64). `off` is the default. `auto` uses them if
   * they make a step faster and give the same bits; `on` uses them from the first step if they give the same
   * bits.
   */
  readonly wideVectors?: WideVectorsChoice;
}

export const wideVectorsChoices = ["off", "auto", "on"] as const;
export type WideVectorsChoice = (typeof wideVectorsChoices)[number];

/** Steps are computed by native code from one on, with these words for it; or not, for a reason. */
export type NativeCodeOutcome =
  | { readonly kind: "taken"; readonly by: string }
  | { readonly kind: "slower" }
  | { readonly kind: "missing"; readonly reason: string }
  | (FormOutcome & { readonly kind: "differs" });

/** The callbacks for findings of running engines. */
export interface EngineWatch {
  readonly onWideVectors?: (outcome: FormOutcome) => void;
  readonly onNativeCode?: (outcome: NativeCodeOutcome) => void;
}
