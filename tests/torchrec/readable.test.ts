// model.py as people read it: whole, for three models of the zoo. `npm run generate --
// tests/torchrec/readable` writes the files; read the difference as a reviewer would.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFile } from "../../compiler/backends/torchrec/model-file.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { root } from "../cli/spawn.ts";

const folder = join(import.meta.dirname, "expected");

test.each(["din", "bst", "dien"])("%s", (name) => {
  const path = join(root, `examples/zoo/${name}.din`);
  const { value } = check(sourceFile(`${name}.din`, readFileSync(path, "utf8")));
  const { text, parameters } = modelFile(value!, "VERSION");
  if (process.env["UPDATE"]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.py`), text);
  }
  expect(text).toBe(readFileSync(join(folder, `${name}.py`), "utf8"));
  expect(new Set(parameters).size).toBe(parameters.length);
});
