// Helix with the lines that docs/editors.md gives: it finds the server, the parser and the queries.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { hasDebianPackages, newerProgram } from "../../support/debian.ts";
import { installAsDocumented } from "../../support/tree-sitter.ts";

test("Helix finds all that is dinc's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dinc-helix-"));
  try {
    installAsDocumented("Helix", folder);
    writeFileSync(join(folder, "dinc"), "#!/bin/sh\n");
    chmodSync(join(folder, "dinc"), 0o755);
    const [program, ...first] = await helix();
    const health = execFileSync(program, [...first, "--health", "din"], {
      encoding: "utf8",
      env: {
        ...process.env,
        HOME: folder,
        XDG_CONFIG_HOME: "",
        PATH: `${folder}${delimiter}${process.env["PATH"]}`,
      },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal.
    const plain = health.replace(/\u001b\[[\d;]*m/g, "");
    expect(plain).toContain(`✓ dinc: ${join(folder, "dinc")}`);
    for (const part of ["Tree-sitter parser", "Highlight queries", "Indent queries"])
      expect(plain).toContain(`${part}: ✓`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function helix(): Promise<readonly [string, ...string[]]> {
  const chosen = process.env["HELIX"];
  if (chosen !== undefined) return [chosen];
  if (!hasDebianPackages()) throw new Error("no Helix to test with: give the path of one as HELIX");
  return (await newerProgram("hx", join("usr", "lib", "hx", "hx"))).command;
}
