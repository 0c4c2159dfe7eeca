// The specs of the repository, for tests that hold for every one of them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/spawn.ts";

/** Every `.din` below these folders: its path from the repository's root, and its text. */
export function specFiles(...folders: readonly string[]): (readonly [path: string, text: string])[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".din") && !name.includes("node_modules"))
      .map((name) => [join(folder, name), readFileSync(join(root, folder, name), "utf8")] as const),
  );
}
