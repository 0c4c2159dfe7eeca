// Generated code carries what it uses and nothing else.

import { describe, expect, test } from "vitest";
import { carry } from "../../compiler/backends/typescript/carry.ts";
import { withoutTypes } from "../../compiler/backends/typescript/project.ts";
import { readServeSources } from "../../runtime/compile/serve-sources.ts";
import { loadModule } from "./load-module.ts";

async function carried(roots: readonly string[], exported: readonly string[]): Promise<string> {
  return carry(await readServeSources(), roots, new Set(exported)).join("\n");
}

describe("carry", () => {
  test("takes a kernel with its documentation and no other", async () => {
    const text = await carried(["matmul"], []);
    expect(text).toContain("/** out = x w");
    expect(text.match(/function \w+/g)).toEqual(["function matmul"]);
    expect(text).not.toContain("export");
  });

  test("takes what is used after it, not what is merely called the same", async () => {
    const text = await carried(["Numbers"], ["Numbers"]);
    expect(text).toContain("interface NumberStep");
    // `step` is a local there, and also a kernel.
    expect(text).toContain("const step");
    expect(text).not.toContain("function step");
  });

  test("everything of runtime/serve fits into one module that runs", async () => {
    const sources = await readServeSources();
    const names = [...sources.values()].flatMap((text) =>
      [...text.matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, name]) => name!),
    );
    const text = carry(sources, names, new Set(names)).join("\n");
    const module = await loadModule<Record<string, unknown>>(withoutTypes(text));
    expect(Object.keys(module).sort()).toEqual(names.sort());
  });

  test("is told when a root does not exist", async () => {
    await expect(carried(["no_such_kernel"], [])).rejects.toThrow("runtime/serve has no no_such_kernel");
  });
});
