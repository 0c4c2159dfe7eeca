// Simulated example rows as Parquet: `node generate-rows.mjs --rows 5000000 --out DIR` writes train.parquet
// and test.parquet (a hundredth of the rows) with user_id, item_id, cate_id, click and histories of --steps
// steps. Users come mixed, popularity is skewed, and who has clicked into a category clicks there again, so
// that there is something to learn. The same numbers give the same rows.
import "../../../examples/usage.mjs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";

const ROWS_A_USER = 40;
const ITEMS_A_CATEGORY = 200;

export async function generateRows({ rows, steps = 20, items = 200_000, out }) {
  mkdirSync(out, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "2GB", temp_directory: out });
  const connection = await instance.connect();
  const categories = Math.max(2, Math.floor(items / ITEMS_A_CATEGORY));
  const users = Math.max(1, Math.ceil(rows / ROWS_A_USER));
  // Uniform in [0, 1) by the row's number and a purpose.
  await connection.run(
    "CREATE MACRO chance(i, purpose) AS hash(i, purpose) / 18446744073709551616.0::DOUBLE",
  );
  const test = Math.ceil(rows / 100);
  for (const [name, first, last] of [
    ["train", 0, rows],
    ["test", rows, rows + test],
  ])
    await connection.run(`COPY (
      WITH who AS (
        SELECT i, floor(chance(i, 1) * ${users})::INTEGER AS u,
          floor(power(chance(i, 2), 2.5) * ${items})::INTEGER AS item
        FROM range(${first}, ${last}) numbers(i)
      ), what AS (
        SELECT i, u, item, list_transform(range(${steps}),
          lambda k: floor(power(chance(u, 10 + k), 2.5) * ${items})::INTEGER) AS hist
        FROM who
      )
      SELECT u AS user_id, item AS item_id, (item % ${categories})::INTEGER AS cate_id,
        hist AS hist_item_id, list_transform(hist, lambda h: h % ${categories}) AS hist_cate_id,
        (chance(i, 3) < CASE WHEN list_contains(hist_cate_id, cate_id) THEN 0.8 ELSE 0.2 END)::INTEGER AS click
      FROM what
    ) TO '${join(out, `${name}.parquet`)}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "5000000" },
      steps: { type: "string", default: "20" },
      items: { type: "string", default: "200000" },
      out: { type: "string" },
    },
  });
  const { out } = values;
  await generateRows({
    rows: Number(values.rows),
    steps: Number(values.steps),
    items: Number(values.items),
    out,
  });
}
