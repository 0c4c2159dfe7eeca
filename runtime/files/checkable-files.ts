// Finds the files in a folder that `dinc check` can check: specs, and dinc.yaml files.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The folder of a run contains copies of its inputs, and this file. */
const RUN = "manifest.json";

export function isSettings(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/**
 * The specs and settings in a folder and its subfolders, in the order of their paths, without hidden folders,
 * `node_modules` and runs. Throws the system's error if a folder can't be read.
 */
export async function checkableFilesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => name === RUN)) return [];
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    if (entry.isDirectory()) found.push(...(await checkableFilesIn(path)));
    else if (entry.name.endsWith(".din") || entry.name === "dinc.yaml") found.push(path);
  }
  return found;
}
