// What is said about example rows, for tests of mistakes in them.

import { readTraining } from "../../runtime/data/read-data.ts";
import { rowsOf, TestFolder } from "./files.ts";
import type { flatModel } from "./models.ts";

/** The columns of `dinModel`. */
export const HEADER = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click";

/** What is said about a CSV of these lines. */
export function saidOf(model: ReturnType<typeof flatModel>, ...lines: readonly string[]): Promise<string> {
  const folder = new TestFolder();
  const path = folder.csv("train.csv", ...lines);
  return folder.said(() => readTraining(model, rowsOf(path)));
}
