// Keeps the core pure: text in, value and diagnostics out. The compiler and the grammar import no file system, no
// process, no tfjs, no DuckDB; what generated code carries imports nothing at all.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

/** Modules that a file loads at run time: `import type` and inline `type` specifiers do not count. */
function loadedBy(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  const loaded: string[] = [];
  for (const match of text.matchAll(/^\s*(?:import|export)\s+(?!type\b)([^;]*?from\s+)?["']([^"']+)["']/gm)) {
    const names = /\{([^}]*)\}/.exec(match[1] ?? "")?.[1]?.split(",").map((name) => name.trim()).filter(Boolean);
    const onlyTypes = names !== undefined && names.length > 0 && names.every((name) => name.startsWith("type "));
    if (!onlyTypes) loaded.push(match[2]!);
  }
  for (const match of text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)) loaded.push(match[1]!);
  return loaded;
}

function resolved(from: string, specifier: string): string {
  return specifier.startsWith(".") ? relative(root, resolve(root, dirname(from), specifier)) : specifier;
}

const core = [...sources("grammar"), ...sources("compiler")].filter((path) => !path.startsWith("compiler/cli/"));
const allowedPackages = new Map([
  ["grammar/", ["chevrotain"]],
  // Builds the generated TypeScript; nothing else in the core may load it.
  ["compiler/backends/typescript/", ["ts-morph"]],
]);

describe("the core is pure", () => {
  test.each(core)("%s loads only the core", (path) => {
    const packages = [...allowedPackages].filter(([folder]) => path.startsWith(folder)).flatMap(([, names]) => names);
    const foreign = loadedBy(path)
      .map((specifier) => resolved(path, specifier))
      .filter((target) => !target.startsWith("grammar/") && !packages.includes(target))
      .filter((target) => !target.startsWith("compiler/") || target.startsWith("compiler/cli/"));
    expect(foreign).toEqual([]);
  });

  test.each(core)("%s reads neither the process nor the clock", (path) => {
    expect(readFileSync(join(root, path), "utf8")).not.toMatch(/\bprocess\.|\bDate\.now\(|\bMath\.random\(/);
  });
});

describe("generated code carries only itself", () => {
  test.each(sources("runtime/serve"))("%s imports only its neighbours", (path) => {
    const foreign = loadedBy(path)
      .map((specifier) => resolved(path, specifier))
      .filter((target) => !target.startsWith("runtime/serve/"));
    expect(foreign).toEqual([]);
  });
});
