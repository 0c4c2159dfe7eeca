// The Python files that packages carry are those of runtime/torchrec.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../cli/spawn.ts";

test("library.generated.ts is up to date: `node compiler/backends/torchrec/extract-python.mjs`", async () => {
  const script = "../../compiler/backends/torchrec/extract-python.mjs";
  const { generated } = (await import(script)) as { readonly generated: () => string };
  const path = join(root, "compiler/backends/torchrec/library.generated.ts");
  expect(readFileSync(path, "utf8")).toBe(generated());
});
