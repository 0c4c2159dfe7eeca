// A simulated event log as Parquet: `node generate.mjs --events 20000000 --out DIR` writes events.parquet (user_id, item_id,
// t; users mixed, as they come) and items.parquet (item_id, cate_id). Popularity and activity are skewed, and each user has
// categories that they prefer, so that there is something to learn. The same numbers give the same log.
import "../../../examples/usage.mjs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";

/** Events of a user on average; a category's items. */
const EVENTS_A_USER = 40;
const ITEMS_A_CATEGORY = 200;

export async function generate({ events, users = Math.ceil(events / EVENTS_A_USER), items = 200_000, out }) {
  mkdirSync(out, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "2GB", temp_directory: out });
  const connection = await instance.connect();
  const categories = Math.max(2, Math.floor(items / ITEMS_A_CATEGORY));
  // Uniform in [0, 1) by the row's number and a purpose.
  await connection.run(
    "CREATE MACRO chance(i, purpose) AS hash(i, purpose) / 18446744073709551616.0::DOUBLE",
  );
  await connection.run(`COPY (
    WITH who AS (
      SELECT i, floor(power(chance(i, 1), 1.5) * ${users})::INTEGER AS u FROM range(${events}) numbers(i)
    ), what AS (
      SELECT i, u, chance(i, 2) < 0.6 AS preferred,
        (hash(u, floor(chance(i, 3) * 3)::INTEGER) % ${categories})::INTEGER AS category,
        power(chance(i, 4), 2.5) AS popularity
      FROM who
    )
    SELECT u AS user_id,
      (CASE WHEN preferred THEN category + ${categories} * floor(popularity * ${Math.floor(items / categories)})
        ELSE floor(popularity * ${items}) END)::INTEGER AS item_id,
      floor(chance(i, 5) * 31536000)::INTEGER AS t
    FROM what
  ) TO '${join(out, "events.parquet")}' (FORMAT parquet)`);
  await connection.run(`COPY (
    SELECT i::INTEGER AS item_id, (i % ${categories})::INTEGER AS cate_id FROM range(${items}) numbers(i)
  ) TO '${join(out, "items.parquet")}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      events: { type: "string", default: "20000000" },
      users: { type: "string" },
      items: { type: "string" },
      out: { type: "string" },
    },
  });
  const number = (text) => (text === undefined ? undefined : Number(text));
  await generate({
    events: Number(values.events),
    users: number(values.users),
    items: number(values.items),
    out: values.out,
  });
}
