// The batches that graph tests run over.

import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { TABLE_ROWS } from "./din-graph.ts";

const tables = { item_id: TABLE_ROWS, cate_id: TABLE_ROWS, user_id: TABLE_ROWS };

export const batches = [
  [3, 0, 1, 4],
  [2, 1],
  [0, 0, 0],
].map((lengths) => ({
  name: `histories of ${lengths.join(", ")} steps`,
  layout: exampleLayout({ examples: lengths.length, lengths: { clicks: lengths }, tables }),
}));
