// The engines of the registry that this machine can run.

import { engines } from "../../compiler/backends/choices.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";

/**
 * An engine that is installed but does not load is in the list too: a test that opens it fails. Native code is
 * the step of `wasm` in another form, which native.test.ts holds to its bits.
 */
export const installed = engines
  .filter(({ needs }) => (needs === "tensorflow" ? nativeAvailable() : needs !== "native_code"))
  .map(({ name }) => name);
