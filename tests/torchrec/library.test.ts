// The Python files that packages carry are those of runtime/torchrec, and what the compiler knows of PyTorch is so.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { moduleMembers } from "../../compiler/backends/torchrec/python.ts";
import { root } from "../cli/spawn.ts";
import { MISSING, ran, torchPython } from "./python.ts";

test("library.generated.ts is up to date: `node compiler/backends/torchrec/extract-python.mjs`", async () => {
  const script = "../../compiler/backends/torchrec/extract-python.mjs";
  const { generated } = (await import(script)) as { readonly generated: () => string };
  const path = join(root, "compiler/backends/torchrec/library.generated.ts");
  expect(readFileSync(path, "utf8")).toBe(generated());
});

describe.skipIf(torchPython() === null)(`in Python (${MISSING})`, () => {
  test("an nn.Module has the members that no part of a network may be an attribute beside", async () => {
    expect(await ran(join(import.meta.dirname, "members.py"), null)).toEqual([...moduleMembers].sort());
  });
});
