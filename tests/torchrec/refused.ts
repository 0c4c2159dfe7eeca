// The models of the repository that no package for PyTorch trains.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/spawn.ts";

/** Their settings, or losses over groups of a batch or drawn ids, are what no package trains with. */
const REFUSED: readonly string[] = [
  "domains-and-parts",
  "bpr",
  "jrc",
  "listnet",
  "ranks",
  "draws",
  "sasrec",
  "partitions",
];

const averaged = readFileSync(join(root, "tests/good/domains-and-parts.din"), "utf8");
/** A refused spec without the setting that it is refused for. */
export const WITHOUT_AVERAGE = [
  "domains-and-parts without an average",
  averaged.replace(/^ *average .*\n/m, ""),
] as const;

export const isRefused = (name: string) => REFUSED.some((each) => name.includes(`${each}.din`));
