// Scores rows by the addon for Node, a request for each row or all as columns: rows.mjs FOLDER ROWS.tsv [columns]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, path, form] = process.argv.slice(2);
const { createRanker } = await import(pathToFileURL(join(folder, "node", "index.js")).href);
const ranker = await createRanker();
const rows = readFileSync(path, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => {
    const [item_id, cate_id, items, cates] = line.split("\t");
    return { item_id, cate_id, hist_item_id: items.split(","), hist_cate_id: cates.split(",") };
  });
const columns = Object.fromEntries(ranker.columns.map((name) => [name, rows.map((row) => row[name])]));
const requests = rows.map(({ hist_item_id, hist_cate_id, ...candidate }) => {
  const clicks = hist_item_id.map((item_id, i) => ({ item_id, cate_id: hist_cate_id[i] }));
  return { history: { clicks }, candidates: [candidate] };
});

function score() {
  let sum = 0;
  if (form === "columns") for (const one of ranker.score(columns)) sum += one;
  else for (const request of requests) sum += ranker.rank(request)[0];
  return sum;
}

score();
const started = performance.now();
const sum = score();
const seconds = (performance.now() - started) / 1000;
console.log(`RESULT ${JSON.stringify({ rows: requests.length, seconds, sum })}`);
