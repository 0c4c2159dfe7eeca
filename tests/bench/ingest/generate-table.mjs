// Simulated rows of Criteo's shape as CSV: click, 13 numbers with a long tail, and 26 columns of ids of eight hexadecimal
// digits, of 3 to a million values, some of them missing. 400,000 rows are 100 MB. Clicks depend on the numbers and on the ids
// of short columns. The same row has the same values whatever else is written.
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

/** Writes the CSV `path` with rows from number `first` on. */
export async function generateTable({ first = 0, rows, path }) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  // Uniform in [0, 1) by a whole number or text and a purpose. A hash of two values isn't: the same bits of the first are
  // flipped for each second one.
  await connection.run(
    "CREATE MACRO chance(of, purpose) AS hash(concat(of, ' ', purpose)) / 18446744073709551616.0::DOUBLE",
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
  const pulls = [
    ...MEANS.map(
      (mean, k) => `${k % 2 === 0 ? "" : "-"}0.1 * (ln(1 + coalesce(${NUMBERS[k]}, 0)) - ln(1 + ${mean}))`,
    ),
    ...VALUES.flatMap((values, k) =>
      values < 1000 ? [`1.2 * (chance(coalesce(${IDS[k]}, ''), ${500 + k}) - 0.5)`] : [],
    ),
  ];
  await connection.run(
    `COPY (SELECT (chance(i, 1) < 1 / (1 + exp(1.5 - (${pulls.join(" + ")}))))::INTEGER AS click, * EXCLUDE i
      FROM (SELECT i, ${[...numbers, ...ids].join(", ")} FROM range(${first}, ${first + rows}) numbered(i)))
    TO '${path}' (FORMAT csv)`,
  );
  connection.closeSync();
  instance.closeSync();
}
