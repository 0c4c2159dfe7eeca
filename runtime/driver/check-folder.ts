// Checks a generated folder before it counts as complete: its files have the intended contents, and behave as
// their target promises.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { GeneratedFiles, WrittenFolder } from "../../compiler/backends/contract/emitted.ts";
import { moduleDiffers } from "../../compiler/diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { fingerprint } from "../files/fingerprint.ts";
import { digestOf } from "../files/output-folder.ts";

/** A module is loaded once per name. */
let loaded = 0;

/** Throws DiagnosticError if anything differs. */
export async function checkFolder(
  folder: string,
  files: GeneratedFiles,
  verify: (folder: WrittenFolder) => Promise<void>,
): Promise<void> {
  const checks = [...files].map(async ([name, content]) => {
    if ((await fingerprint(join(folder, name))).hash === digestOf(content)) return;
    const reason = `${name} is not on the disk as it was written`;
    throw new DiagnosticError([diagnose(moduleDiffers, { reason }, noLocation)]);
  });
  for (const check of await Promise.allSettled(checks)) if (check.status === "rejected") throw check.reason;
  await verify({
    files,
    load: (name) => import(`${pathToFileURL(join(folder, name))}?${loaded++}`),
  });
}
