// The commands of an example's README, as a user types them, in a copy of its folder.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

/** The lines of the first block of commands in README.md, without comments. */
export function commandsOf(example: string): string[] {
  const readme = readFileSync(join(root, "examples", example, "README.md"), "utf8");
  return (/^```sh\n(.*?)^```/ms.exec(readme)?.[1] ?? "")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
}

/** A copy of the example beside what all examples import; the caller removes `folder`. */
export function copyOf(example: string): { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "dinc-examples-"));
  for (const name of [example, "usage.mjs"])
    cpSync(join(root, "examples", name), join(folder, name), { recursive: true });
  return { folder, path: join(folder, example) };
}

/** Runs commands that begin with `node` or `npx dinc`, and returns what each printed. */
export async function runCommands(commands: readonly string[], cwd: string): Promise<string[]> {
  const printed: string[] = [];
  for (const command of commands) {
    const [program, ...args] = command.split(" ");
    if (program === "node") {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
      expect([command, status, stderr]).toEqual([command, 0, ""]);
      printed.push(stdout);
    } else {
      const { code, out, err } = await runHere(args.slice(1), { cwd });
      expect([command, code], err).toEqual([command, 0]);
      printed.push(out);
    }
  }
  return printed;
}
