// Simulated rows of Criteo's shape as CSV: click, 13 numbers with a long tail, and 26 columns of ids of eight hexadecimal
// digits, of 3 to a million values, some of them missing. 400,000 rows are 100 MB. The same numbers give the same rows.
import "../../../examples/usage.mjs";
import { DuckDBInstance } from "@duckdb/node-api";

/** The mean of each number. */
const MEANS = [2, 100, 20, 8, 18000, 100, 16, 12, 100, 1, 3, 1, 8];
/** The number of values of each column of ids. */
const VALUES = [
  1460, 583, 1_000_000, 220_000, 305, 24, 12_517, 633, 3, 93_145, 5683, 800_000, 3194, 27, 14_992, 500_000,
  10, 5652, 2173, 4, 700_000, 18, 15, 286_181, 105, 142_572,
];

export const NUMBERS = MEANS.map((_, i) => `i${i + 1}`);
export const IDS = VALUES.map((_, i) => `c${i + 1}`);

/** Writes the CSV `path`. */
export async function generateTable({ rows, path }) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  // Uniform in [0, 1) by the row's number and a purpose.
  await connection.run(
    "CREATE MACRO chance(i, purpose) AS hash(i, purpose) / 18446744073709551616.0::DOUBLE",
  );
  const missing = (purpose, share) => `chance(i, ${purpose}) < ${share}`;
  const numbers = MEANS.map((mean, k) => {
    const number = `floor(-ln(chance(i, ${200 + k}) + 1e-9) * ${mean})::INTEGER`;
    return `CASE WHEN ${missing(100 + k, (k % 5) / 10)} THEN NULL ELSE ${number} END AS ${NUMBERS[k]}`;
  });
  const ids = VALUES.map((values, k) => {
    const value = `floor(power(chance(i, ${400 + k}), 4) * ${values})::INTEGER`;
    const text = `printf('%08x', (hash(${value}, ${k}) & 4294967295)::BIGINT)`;
    return `CASE WHEN ${missing(300 + k, k % 4 === 3 ? 0.1 : 0)} THEN NULL ELSE ${text} END AS ${IDS[k]}`;
  });
  await connection.run(
    `COPY (SELECT (chance(i, 1) < 0.25)::INTEGER AS click, ${[...numbers, ...ids].join(", ")} FROM range(${rows}) rows(i)) TO '${path}' (FORMAT csv)`,
  );
  connection.closeSync();
  instance.closeSync();
}
