// The options of engines, and the callbacks for their findings.

import type { FormOutcome } from "../../compiler/backends/wasm/training/other-form.ts";

/** The user's options for an engine. They do not change results. */
export interface EngineOptions {
  /** The number of threads that compute a step; by default as many as make it faster. */
  readonly threads?: number;
}

/** Steps are computed by native code from one on, with these words for it; or not, for a reason. */
export type NativeCodeOutcome =
  | { readonly kind: "taken"; readonly by: string }
  | { readonly kind: "slower" }
  | { readonly kind: "missing"; readonly reason: string }
  /** The compiler is still at work when the training ends; the next one finds the code. */
  | { readonly kind: "unfinished" }
  | (FormOutcome & { readonly kind: "differs" });

/** The callbacks for findings of running engines. */
export interface EngineWatch {
  readonly onNativeCode?: (outcome: NativeCodeOutcome) => void;
}
