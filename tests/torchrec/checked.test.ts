// Generated Python is as people who know PyTorch write it: ruff formats nothing and finds nothing, pyright
// knows all types. Every model of the repository, in one run of each.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emitTorchrec } from "../../compiler/backends/torchrec/package.ts";
import { LINE } from "../../compiler/backends/torchrec/python.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { runCommand } from "../../runtime/native/run-command.ts";
import { installedTorch } from "../../runtime/native/torch-folder.ts";
import { specs } from "../serve/specs.ts";
import { testContext } from "../support/emitted.ts";
import { specFiles } from "../support/spec-files.ts";
import { MISSING } from "./python.ts";
import { isRefused, WITHOUT_LEARNED } from "./refused.ts";

const torch = installedTorch();
const folder = mkdtempSync(join(tmpdir(), "dinc-torch-checked-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One package with the library, and what is generated for each model that a package trains. */
function write(): void {
  const texts = [
    ...specFiles("tests/good", "examples"),
    ...Object.entries(specs),

    WITHOUT_LEARNED,
  ].filter(([name]) => !isRefused(name));
  const made = texts.map(
    ([name, text]) => emitTorchrec(check(sourceFile(`${name}.din`, text)).value!, testContext).files,
  );
  mkdirSync(join(folder, "package"));
  made.forEach((files, i) => {
    for (const [path, content] of files) {
      const [file, ...at] = path.split("/").reverse() as [string, ...string[]];
      const isGenerated = file === "model.py" || file === "settings.py";
      if (i > 0 && !isGenerated) continue;
      const name = i > 0 ? file.replace(".py", `_${i}.py`) : file;
      writeFileSync(join(folder, at.length > 0 ? "package" : ".", name), content as string);
    }
  });
}

async function said(program: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(join(dirname(torch!.python), program), args, {
    env: process.env,
    cwd: folder,
  });
  return code === 0 ? "" : `${stdout}${stderr}`;
}

describe.skipIf(torch === null)(`Python (${MISSING})`, () => {
  beforeAll(write);

  test("ruff would format nothing", async () => {
    expect(await said("ruff", "format", "--diff", ".")).toBe("");
  });

  test("ruff finds nothing", async () => {
    expect(await said("ruff", "check", "--output-format", "concise", ".")).toBe("");
  });

  test("pyright knows all types", { timeout: 300_000 }, async () => {
    expect(await said("pyright", "--pythonpath", torch!.python, ".")).toBe("");
  });

  test("files of the library and generated ones have one width", () => {
    const library = readFileSync(join(import.meta.dirname, "../../runtime/torchrec/ruff.toml"), "utf8");
    expect(library).toContain(`line-length = ${LINE}\n`);
  });
});
