// The models of the repository that no package for PyTorch trains.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Their settings, or losses over groups of a batch, are what no package trains with. */
const REFUSED: readonly string[] = ["domains-and-parts", "bpr", "jrc", "listnet", "ranks"];

/** A spec without what packages refuse of it. */
export function withoutAverage(name: string): readonly [name: string, text: string] {
  const text = readFileSync(join(import.meta.dirname, "..", "good", `${name}.din`), "utf8");
  return [`${name} without an average`, text.replace(/^ *average .*\n/m, "")];
}

export const isRefused = (name: string) => REFUSED.some((each) => name.includes(`${each}.din`));
