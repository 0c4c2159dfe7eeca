// Reads the contents of a file or folder for comparisons, without parts that differ from run to run, such as
// times.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Files of a run that contain its duration. */
const TIMED = /(^|\/)(manifest\.json|metrics\.jsonl|report\.html)$/;

/** Hashes by path; null if nothing exists. For a run's reports, only their existence counts. */
export function contentsOf(path: string): Readonly<Record<string, string>> | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (found.isFile()) return { "": hashOf(path) };
  const names = readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(path, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, TIMED.test(name) ? "is there" : hashOf(join(path, name))]),
  );
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
