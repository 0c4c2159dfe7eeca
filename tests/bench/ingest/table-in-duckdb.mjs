// Times DuckDB alone on the rows of generate-table.mjs: reads the CSV, numbers the values of each column of ids that occur
// twice, and writes the numbers as Parquet: `node table-in-duckdb.mjs CSV PARQUET`.
import "../../../examples/usage.mjs";
import { DuckDBInstance } from "@duckdb/node-api";
import { IDS, NUMBERS } from "./generate-table.mjs";

const [from, to] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
await connection.run(`CREATE TEMP TABLE rows AS FROM read_csv('${from}')`);
for (const id of IDS)
  await connection.run(
    `CREATE TEMP TABLE of_${id} AS SELECT ${id} AS value, (row_number() OVER (ORDER BY count(*) DESC, ${id}) + 1)::INTEGER AS id FROM rows WHERE ${id} IS NOT NULL GROUP BY ${id} HAVING count(*) > 1`,
  );
const ids = IDS.map((id) => `coalesce(of_${id}.id, 1) AS ${id}`);
const numbers = NUMBERS.map((name) => `ln(1 + coalesce(${name}, 0))::FLOAT AS ${name}`);
const joins = IDS.map((id) => `LEFT JOIN of_${id} ON rows.${id} = of_${id}.value`);
await connection.run(
  `COPY (SELECT click, ${[...numbers, ...ids].join(", ")} FROM rows ${joins.join(" ")}) TO '${to}' (FORMAT parquet, COMPRESSION zstd)`,
);
