// Where real data lie beside the repository, or beside the folder of its work trees.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/spawn.ts";

const places = ["../shared/data", "../../shared/data"].map((place) => join(root, place));

/** A folder of them; a test that needs it runs where it is. */
export function realData(name: "movielens-100k" | "amazon-beauty"): string {
  const place = places.find((each) => existsSync(each)) ?? places[0]!;
  return join(place, name);
}
