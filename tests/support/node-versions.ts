// Other versions of Node from the npm registry: tests run generated code in every supported version, even on
// a machine that can only reach package registries.

import { join } from "node:path";
import { registryPackage } from "./registry-package.ts";

/** The tested versions, by major version. */
const VERSIONS = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" } as const;
export type Major = keyof typeof VERSIONS;
export const majors: readonly Major[] = [20, 22, 24];

/**
 * The program of a version: the running one if its major version is the same, otherwise one that is
 * downloaded once.
 */
export async function nodeOf(major: Major): Promise<string> {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const system = process.platform === "win32" ? "win" : process.platform;
  const folder = await registryPackage("node", `node-${system}-${process.arch}`, VERSIONS[major]);
  return join(folder, "bin", system === "win" ? "node.exe" : "node");
}
