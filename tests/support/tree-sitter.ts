// The tree-sitter program and the grammar of `.din` for it, for tests that read trees: in a folder of their own, where it
// compiles the parser once.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { treeSitterGrammar } from "../../grammar/editors/tree-sitter.ts";
import { root } from "../cli/spawn.ts";
import { hasDebianPackages, newerProgram } from "./debian.ts";

/** What `parser.c` is made by. */
export const TREE_SITTER = "0.22.6";

export const grammarFolder = join(root, "grammar/editors/tree-sitter");

/** `grammar.json` as the tables give it. */
export const grammarText = `${JSON.stringify(treeSitterGrammar(), null, 1)}\n`;

/** The first line of `parser.c`, by which a test without the program knows which grammar it was made of. */
export const parserOrigin = `/* Made of grammar.json with the SHA-256 ${createHash("sha256").update(grammarText).digest("hex")} */\n`;

export type TreeSitter = (args: readonly string[]) => string;

/** The program, run in `folder`. Throws where there is none, saying what to install. */
export async function treeSitter(folder: string): Promise<TreeSitter> {
  const [program, ...first] = await command();
  const run: TreeSitter = (args) => {
    const env = { ...process.env, HOME: folder, XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder };
    const options = { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 30 } as const;
    try {
      return execFileSync(program, [...first, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      // It fails where a text has an error, which is no failure of a test.
      if (error instanceof Error && "stdout" in error && error.stdout !== "") return String(error.stdout);
      throw error;
    }
  };
  const version = run(["--version"]);
  if (!version.includes(TREE_SITTER)) throw new Error(`tree-sitter ${TREE_SITTER} is needed, not ${version}`);
  return run;
}

async function command(): Promise<readonly [string, ...string[]]> {
  const chosen = process.env["TREE_SITTER"];
  if (chosen !== undefined) return [chosen];
  if (!hasDebianPackages())
    throw new Error(
      `no tree-sitter to test with: give the path of tree-sitter ${TREE_SITTER} as TREE_SITTER`,
    );
  return (await newerProgram("tree-sitter-cli", join("usr", "bin", "tree-sitter"))).command;
}

/** Puts the grammar where the program looks for it. */
export function putGrammar(folder: string): void {
  mkdirSync(join(folder, "src"), { recursive: true });
  cpSync(join(grammarFolder, "src"), join(folder, "src"), { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ "tree-sitter": [{ scope: "source.din", "file-types": ["din"] }] }),
  );
}

/**
 * Runs the lines of docs/editors.md that compile the parser for an editor, in an empty `home` where dinc is installed. A line
 * that starts the editor is left out.
 */
export function installAsDocumented(editor: string, home: string): void {
  const documented = readFileSync(join(root, "docs/editors.md"), "utf8");
  const section = documented.split(/^## /m).find((part) => part.startsWith(`${editor}\n`))!;
  const [, lines] = /```sh\n([^`]*parser\.c[^`]*)```/.exec(section)!;
  mkdirSync(join(home, "node_modules"), { recursive: true });
  symlinkSync(root, join(home, "node_modules/dinc"));
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home };
  for (const name of Object.keys(env)) if (name.startsWith("XDG_")) delete env[name];
  execFileSync("sh", ["-e", "-c", lines!.replace(/^hx .*$/m, "")], { cwd: home, env });
}
