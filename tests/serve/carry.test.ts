// Generated code carries what it uses and nothing else.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundle } from "../../compiler/backends/typescript/bundle.ts";
import { library } from "../../compiler/backends/typescript/library.generated.ts";
import { javascript, typescript, written } from "../../compiler/backends/typescript/writer.ts";
import { root } from "../cli/spawn.ts";
import { loadModule } from "./load-module.ts";

function bundled(roots: readonly string[], exported: readonly string[]): string {
  return written(bundle(roots, new Set(exported)), typescript);
}

test("the library is what compiler/serve declares: if not, extract-library.mjs writes it", async () => {
  const script = "../../compiler/backends/typescript/extract-library.mjs";
  const { generated } = (await import(/* @vite-ignore */ script)) as { generated(): string };
  const text = readFileSync(join(root, "compiler/backends/typescript/library.generated.ts"), "utf8");
  expect(generated()).toBe(text);
});

describe("carry", () => {
  test("takes a kernel with its documentation and no other", () => {
    const text = bundled(["matmul"], []);
    expect(text).toMatch(/^\/\*\*\s+(?:\* )?out = x w/);
    expect(text.match(/function \w+/g)).toEqual(["function matmul"]);
    expect(text).not.toContain("export");
  });

  test("takes what is used after it, not what is merely called the same", () => {
    const text = bundled(["Numbers"], ["Numbers"]);
    expect(text).toContain("interface NumberStep");
    // `step` is a local there, and also a kernel.
    expect(text).toContain("const step");
    expect(text).not.toContain("function step");
  });

  test("everything of compiler/serve fits into one module that runs", async () => {
    const names = library.filter(({ javascript }) => javascript !== "").map(({ name }) => name);
    const text = written(bundle(names, new Set(names)), javascript);
    const module = await loadModule<Record<string, unknown>>(text);
    expect(Object.keys(module).sort()).toEqual(names.sort());
  });

  test("is told when a root does not exist", () => {
    expect(() => bundled(["no_such_kernel"], [])).toThrow("compiler/serve has no no_such_kernel");
  });
});
