// Finds real data next to the repository, or next to the folder of its work trees.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/spawn.ts";

const places = ["../shared/data", "../../shared/data"].map((place) => join(root, place));

/** A folder of real data; a test that needs it runs only if it exists. */
export function realData(name: "movielens-100k" | "amazon-beauty"): string {
  const place = places.find((each) => existsSync(each)) ?? places[0]!;
  return join(place, name);
}
