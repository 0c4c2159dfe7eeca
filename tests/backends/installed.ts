// The engines of the registry that this machine can run.

import { engines } from "../../compiler/backends/choices.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";

/** What is installed and does not load is here too: a test that opens it fails. */
export const installed = engines
  .filter(({ needs }) => needs !== "tensorflow" || nativeAvailable())
  .map(({ name }) => name);
