// Runs a program of this folder, which prints what it measured.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

export function measured(program, script, ...args) {
  return JSON.parse(
    execFileSync(program, [join(import.meta.dirname, script), ...args.map(String)], { encoding: "utf8" }),
  );
}
