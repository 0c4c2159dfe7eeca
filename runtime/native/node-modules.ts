// Finds tfjs-node in node_modules.

import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The folder of tfjs-node in node_modules if its own installer succeeded; otherwise null. */
export function installedPackage(): string | null {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json"));
    const library = join(folder, "lib");
    if (!existsSync(library)) return null;
    const built = readdirSync(library).some((name) => existsSync(join(library, name, "tfjs_binding.node")));
    return built ? folder : null;
  } catch {
    return null;
  }
}
