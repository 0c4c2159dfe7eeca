// The TypeScript versions with which generated code must compile, each as a runnable compiler.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../cli/spawn.ts";
import { registryPackage } from "./registry-package.ts";

const run = promisify(execFile);

/** The oldest supported version. */
export const SMALLEST = "5.0.4";
/** The first version with generic typed arrays. */
const MIDDLE = "5.7.3";
/** The version that compiles dinc itself. */
const OWN = "own";

export const versions: readonly string[] = [SMALLEST, MIDDLE, OWN];
/** All versions, for a long run. */
export const allVersions: readonly string[] = [
  ...[SMALLEST, "5.1.6", "5.2.2", "5.3.3", "5.4.5", "5.5.4", "5.6.3", MIDDLE, "5.8.3", "5.9.3", "6.0.3", OWN],
];

/** Every check that is off by default, of those that every version from the smallest on has. */
const STRICT = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noFallthroughCasesInSwitch: true },
  ...{ noImplicitOverride: true, noImplicitReturns: true, noPropertyAccessFromIndexSignature: true },
  ...{ noUncheckedIndexedAccess: true, noUnusedLocals: true, noUnusedParameters: true },
  ...{ allowUnreachableCode: false, allowUnusedLabels: false, isolatedModules: true },
  ...{ verbatimModuleSyntax: true, forceConsistentCasingInFileNames: true, noEmit: true },
};

/** The package's folder. */
export async function compilerOf(version: string): Promise<string> {
  if (version === OWN) return join(root, "node_modules/typescript");
  return registryPackage("typescript", "typescript", version);
}

/** The messages of a version about these files with every check on; empty if there are none. */
export async function compileStrictly(
  folder: string,
  files: readonly string[],
  version: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const compiler = await compilerOf(version);
  const compilerOptions = {
    ...{ target: "ES2022", lib: ["ES2022"], module: "NodeNext", moduleResolution: "NodeNext" },
    ...{ types: ["node"], typeRoots: [join(root, "node_modules/@types")], skipLibCheck: true },
    ...STRICT,
    ...options,
  };
  const config = join(folder, `tsconfig.${version}.json`);
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  const { stdout } = await run(process.execPath, [join(compiler, "bin/tsc"), "-p", config], {
    maxBuffer: 1e8,
  }).catch((error: { stdout: string }) => error);
  return stdout;
}
