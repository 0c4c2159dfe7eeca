// Neovim's own language client and the real server, as an author has them: diagnostics, hover, completion, a
// definition, a rename across files, formatting; and colours and folds by tree-sitter, in a Neovim that has it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../cli/spawn.ts";
import { neovim, newerNeovim } from "../../support/neovim.ts";
import { installAsDocumented } from "../../support/tree-sitter.ts";

const MODEL = `model small
import "blocks.din"
features item { item_id : id  embed 8 }
label click : binary
net { predict click = tower(item_ids)|>mlp([4])|> dense(1) |> sigmoid }
train {
  batch 8
}
`;
const BLOCKS = "block tower(x: Vec[d]) -> Vec[4] { dense(x, 4) }\n";

const plugin = join(root, "grammar/editors/neovim");

/** What `edit.lua` writes. */
interface Seen {
  readonly problem?: string;
  readonly filetype: string;
  readonly commentstring: string;
  readonly diagnostic: {
    readonly line: number;
    readonly column: number;
    readonly code: string;
    readonly source: string;
    readonly message: string;
  };
  readonly highlighted?: boolean;
  readonly captures?: readonly string[];
  readonly folds?: readonly string[];
  readonly hover: string;
  readonly completion: readonly string[];
  readonly definition: unknown;
  readonly renamed: readonly (readonly string[])[];
  readonly formatted: readonly string[];
  readonly clients: Readonly<Record<string, readonly number[]>>;
}

describe.each([
  ["this machine's", neovim],
  ["one with tree-sitter", newerNeovim],
])("%s Neovim", (_, editor) => {
  let folder: string;
  let seen: Seen;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dinc-neovim-"));
    writeFileSync(join(folder, "model.din"), MODEL);
    writeFileSync(join(folder, "blocks.din"), BLOCKS);
    writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\n");
    const { program, first, env } = await editor();
    installAsDocumented("Neovim", folder);
    execFileSync(
      program,
      [
        ...first,
        "--clean",
        "--headless",
        "-n",
        "--cmd",
        `set runtimepath+=${plugin},${join(folder, ".local/share/nvim/site")}`,
        "-c",
        `luafile ${join(import.meta.dirname, "edit.lua")}`,
        "-c",
        "cquit",
      ],
      {
        env: {
          ...process.env,
          ...env,
          // Where Neovim writes its logs.
          XDG_STATE_HOME: folder,
          XDG_CACHE_HOME: folder,
          FOLDER: folder,
          NODE: process.execPath,
          DINC: join(root, "bin/dinc.js"),
        },
        stdio: ["ignore", "ignore", "inherit"],
        timeout: 110_000,
      },
    );
    seen = JSON.parse(readFileSync(join(folder, "seen.json"), "utf8"));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("nothing failed", () => {
    expect(seen.problem).toBeUndefined();
  });

  test("a spec is known by its name, and so are its remarks", () => {
    expect(seen).toMatchObject({ filetype: "din", commentstring: "// %s" });
  });

  test("tree-sitter shows and folds it, where Neovim has it", () => {
    const hasTreeSitter = seen.highlighted !== undefined;
    expect(hasTreeSitter || editor === neovim).toBe(true);
    if (!hasTreeSitter) return;
    expect(seen).toMatchObject({ highlighted: true, captures: ["function"] });
    expect(seen.folds).toEqual(["0", "0", "0", "0", "0", ">1", "1", "1"]);
  });

  test("diagnostics come with their place and code", () => {
    expect(seen.diagnostic).toMatchObject({ line: 4, column: 28, code: "DIN0260", source: "dinc" });
    expect(seen.diagnostic.message).toContain("`item_ids`");
  });

  test("hover tells what a name is", () => {
    expect(seen.hover).toContain("item_id");
  });

  test("completion offers what is in sight", () => {
    expect(seen.completion).toEqual(expect.arrayContaining(["tower", "item_id", "mlp"]));
  });

  test("a definition in the standard library is a file", () => {
    expect(JSON.stringify(seen.definition)).toContain(pathToFileURL(join(root, "compiler/std/mlp.din")).href);
  });

  test("a name is changed in both files", () => {
    const [model, blocks] = seen.renamed;
    expect(model!.filter((line) => /turret|tower/.test(line))).toEqual([
      "net { predict click = turret(item_id)|>mlp([4])|> dense(1) |> sigmoid }",
    ]);
    expect(blocks!.join("\n")).toBe(BLOCKS.trimEnd().replace("tower", "turret"));
  });

  test("formatting lays the text out", () => {
    expect(seen.formatted).toContain(
      "net { predict click = turret(item_id) |> mlp([4]) |> dense(1) |> sigmoid }",
    );
  });

  test("one server serves all files of a workspace, dinc.yaml too", () => {
    const { clients } = seen;
    expect(clients["model.din"]).toHaveLength(1);
    expect(new Set(Object.values(clients).flat()).size).toBe(1);
    expect(Object.keys(clients)).toHaveLength(3);
    expect(clients["dinc.yaml"]).toHaveLength(1);
  });
});
