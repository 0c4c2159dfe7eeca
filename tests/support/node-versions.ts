// Other versions of Node, from the npm registry: on a machine that has nothing but package registries, tests
// run generated code in every version that is promised.

import { join } from "node:path";
import { registryPackage } from "./registry-package.ts";

/** What is tested, by major version. */
const VERSIONS = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" } as const;
export type Major = keyof typeof VERSIONS;
export const majors: readonly Major[] = [20, 22, 24];

/** The program of a version: the one that runs where it is the same major, else one that is fetched once. */
export async function nodeOf(major: Major): Promise<string> {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const system = process.platform === "win32" ? "win" : process.platform;
  const folder = await registryPackage("node", `node-${system}-${process.arch}`, VERSIONS[major]);
  return join(folder, "bin", system === "win" ? "node.exe" : "node");
}
