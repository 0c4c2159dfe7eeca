// The options of engines, and the callbacks for their findings.

import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
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

/** An engine of code made for the model, as another thread opens it; plain data. */
export interface EngineTask extends EngineOptions {
  readonly needs: "webassembly" | "native_code";
  /** Whether the user chose the engine by its name. */
  readonly isAsked: boolean;
}

export interface ChosenBackend extends TrainingBackend {
  /** For another thread, and what it finds; null for an engine that stays in this thread. */
  readonly elsewhere: { readonly task: EngineTask; readonly watch: EngineWatch } | null;
}
