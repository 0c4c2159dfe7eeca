// Scores rows by the addon for Node: rows.mjs FOLDER ROWS.tsv
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, path] = process.argv.slice(2);
const { createRanker } = await import(pathToFileURL(join(folder, "node", "index.js")).href);
const ranker = await createRanker();
const requests = readFileSync(path, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => {
    const [item_id, cate_id, items, cates] = line.split("\t");
    const steps = cates.split(",");
    const clicks = items.split(",").map((item, i) => ({ item_id: item, cate_id: steps[i] }));
    return { history: { clicks }, candidates: [{ item_id, cate_id }] };
  });

function score() {
  let sum = 0;
  for (const request of requests) sum += ranker.rank(request)[0];
  return sum;
}

score();
const started = performance.now();
const sum = score();
const seconds = (performance.now() - started) / 1000;
console.log(`RESULT ${JSON.stringify({ rows: requests.length, seconds, sum })}`);
