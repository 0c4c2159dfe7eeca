// Reads what generated code carries: the TypeScript sources of runtime/serve, shipped with the package.

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServeSources } from "../../compiler/backends/typescript/carry.ts";
import { InternalError } from "../../compiler/internal-error.ts";

/** Texts by path below runtime/serve, in a fixed order. */
export async function readServeSources(): Promise<ServeSources> {
  const folder = join(packageRoot(), "runtime", "serve");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return new Map(names.map((name, i) => [name.replaceAll("\\", "/"), texts[i]!]));
}

/** Where package.json lies, above the sources and above dist alike. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new InternalError("dinc's package.json is missing");
    folder = parent;
  }
  return folder;
}
