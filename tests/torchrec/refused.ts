// The models of the repository that no package for PyTorch trains.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/spawn.ts";

/**
 * No package trains with the candidates of a request, drawn ids, or numbers that are learned from labels.
 */
const REFUSED: readonly string[] = ["prm", "candidates", "draws", "sasrec", "label-transforms"];

const scaled = readFileSync(join(root, "tests/good/label-transforms.din"), "utf8");
/** A refused spec with the transforms of labels that learn nothing. */
export const WITHOUT_LEARNED = [
  "label transforms that learn nothing",
  scaled.replace(" |> standardize", "").replace("|> min_max", "|> clip(0, 50)"),
] as const;

export const isRefused = (name: string) => REFUSED.some((each) => name.includes(`${each}.din`));
