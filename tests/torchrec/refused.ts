// The models of the repository that no package for PyTorch trains.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/spawn.ts";

/**
 * Their settings, losses over groups of a batch or drawn ids, or numbers that are learned from labels, are what no
 * package trains with.
 */
const REFUSED: readonly string[] = [
  "domains-and-parts",
  "bpr",
  "jrc",
  "listnet",
  "prm",
  "candidates",
  "ranks",
  "draws",
  "sasrec",
  "label-transforms",
];

const averaged = readFileSync(join(root, "tests/good/domains-and-parts.din"), "utf8");
/** A refused spec without the setting that it is refused for. */
export const WITHOUT_AVERAGE = [
  "domains-and-parts without an average",
  averaged.replace(/^ *average .*\n/m, ""),
] as const;

const scaled = readFileSync(join(root, "tests/good/label-transforms.din"), "utf8");
/** A refused spec with the transforms of labels that learn nothing. */
export const WITHOUT_LEARNED = [
  "label transforms that learn nothing",
  scaled.replace(" |> standardize", "").replace("|> min_max", "|> clip(0, 50)"),
] as const;

export const isRefused = (name: string) => REFUSED.some((each) => name.includes(`${each}.din`));
