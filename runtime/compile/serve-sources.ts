// Reads what generated code carries: the TypeScript sources of runtime/serve, shipped with the package.

import { readdir, readFile } from "node:fs/promises";
import type { ServeSources } from "../../compiler/backends/typescript/carry.ts";
import { packageRoot } from "../files/package-root.ts";

/** Texts by path below runtime/serve, in a fixed order. */
export async function readServeSources(): Promise<ServeSources> {
  const folder = new URL("runtime/serve/", packageRoot());
  const names = (await readdir(folder, { recursive: true }))
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts"))
    .sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
  return new Map(names.map((name, i) => [name, texts[i]!]));
}
