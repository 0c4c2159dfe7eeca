// Every `tests/good/*.din` and every example are clean: not even a warning.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { check } from "../../compiler/frontend/check/check.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const specs = ["tests/good", "examples"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".din") && !name.includes("node_modules"))
    .map((name) => join(folder, name)),
);

test.each(specs)("%s checks clean", (path) => {
  const { diagnostics } = check(sourceFile(path, readFileSync(join(root, path), "utf8")));
  expect(renderPretty(diagnostics)).toBe("");
});
