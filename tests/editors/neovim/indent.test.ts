// Neovim indents lines as `dinc fmt` does, both where a file is indented and where a line is typed.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceFile } from "../../../compiler/common/source-file.ts";
import { formatStrictly } from "../../../compiler/tools/fmt/format.ts";
import { root } from "../../cli/spawn.ts";
import { neovim } from "../../support/neovim.ts";
import { specFiles } from "../../support/spec-files.ts";

const specs = specFiles("examples", "tests/good", "compiler/std").filter(
  ([path, text]) => formatStrictly(sourceFile(path, text)).value === text,
);
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-indent-"));
  for (const [i, [, text]] of specs.entries())
    writeFileSync(join(folder, `${i}.din`), text.replace(/^ +/gm, ""));
  const { program, first, env } = await neovim();
  execFileSync(
    program,
    [
      ...first,
      "--clean",
      "--headless",
      "-n",
      "--cmd",
      `set runtimepath^=${join(root, "grammar/editors/neovim")}`,
      "-c",
      `luafile ${join(import.meta.dirname, "indent.lua")}`,
      "-c",
      "cquit",
    ],
    {
      env: { ...process.env, ...env, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder, FOLDER: folder },
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 110_000,
    },
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(["indented", "typed"])("a text that is %s", (how) => {
  test("gets the blanks of `dinc fmt`", () => {
    expect(specs.length).toBeGreaterThan(100);
    const given = Object.fromEntries(specs);
    const found = specs.map(([path], i) => [path, readFileSync(join(folder, `${i}.din.${how}`), "utf8")]);
    expect(Object.fromEntries(found)).toEqual(given);
  });
});
