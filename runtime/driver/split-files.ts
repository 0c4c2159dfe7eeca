// Finds the files of a folder whose names say that they are parts of one data set, as other frameworks lay them out:
// train.csv, valid.csv, test.csv, or train_sample.csv and so on.

import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { formatOf } from "../../compiler/frontend/config/data-formats.ts";

export interface SplitFiles {
  readonly train: string;
  readonly valid: string | null;
  readonly test: string | null;
}

const WORDS = {
  train: /^train(?:ing)?$/,
  valid: /^(?:valid(?:ation)?|val|dev)$/,
  test: /^test(?:ing)?$/,
} as const;
type SplitName = keyof typeof WORDS;

/**
 * Null if `path` isn't such a folder: one file is for training, at most one for each other part, and no file of the same
 * format has another name.
 */
export async function splitFilesIn(path: string): Promise<SplitFiles | null> {
  const names = await readdir(path).catch(() => []);
  const files = names.filter((name) => !name.startsWith(".") && formatOf(name) !== null);
  const train = files.filter((name) => splitOf(name) === "train");
  if (train.length !== 1) return null;
  const alike = files.filter((name) => extname(name) === extname(train[0]!));
  const found = new Map(alike.map((name) => [splitOf(name), join(path, name)]));
  if (found.has(null) || found.size !== alike.length || found.size < 2) return null;
  return { train: found.get("train")!, valid: found.get("valid") ?? null, test: found.get("test") ?? null };
}

/** The part that exactly one word of the name says. */
function splitOf(name: string): SplitName | null {
  const words = name
    .toLowerCase()
    .split(".")[0]!
    .split(/[^a-z]+/);
  const said = (Object.keys(WORDS) as SplitName[]).filter((split) =>
    words.some((word) => WORDS[split].test(word)),
  );
  return said.length === 1 ? said[0]! : null;
}
